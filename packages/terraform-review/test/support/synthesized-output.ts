import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readOutput, type SynthesizedOutput } from "../../src/synth/read-output";

type Values = Readonly<Record<string, unknown>>;

/** A resource as CDKTF writes it, by its Terraform address. */
export type WrittenElements = Readonly<Record<string, readonly [constructPath: string, values: Values]>>;

/** The content of a `cdk.tf.json` with these resources and data sources, and whatever else `rest` says. */
export function writtenStack(elements: WrittenElements, rest: Values = {}): Values {
  const sections: Record<string, Record<string, Record<string, Values>>> = { resource: {}, data: {} };
  for (const [address, [path, values]] of Object.entries(elements)) {
    const [section, ...words] = address.startsWith("data.") ? address.split(".") : ["resource", ...address.split(".")];
    const [type = "", name = ""] = words;
    const types = sections[section ?? ""] ?? {};
    types[type] ??= {};
    types[type][name] = { "//": { metadata: { path: `app/${path}`, uniqueId: name } }, ...values };
  }
  return { "//": { metadata: { stackName: "app", version: "0.21.0" } }, ...sections, ...rest };
}

/** The same as a revision's output on disk, with the files of its assets. */
export function synthesizedOutput(
  parent: string,
  label: string,
  stack: Values,
  files: Readonly<Record<string, string>> = {},
): SynthesizedOutput {
  const directory = mkdtempSync(join(parent, "output-"));
  for (const [path, content] of Object.entries({ ...files, "cdk.tf.json": JSON.stringify(stack) })) {
    const target = join(directory, "stacks", "app", path);
    mkdirSync(join(target, ".."), { recursive: true });
    writeFileSync(target, content);
  }
  return readOutput(label, directory);
}
