import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { ImagePipelineStack } from "../../stacks/image-pipeline-stack";
import { readStackSettings } from "../../stacks/settings";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const ACCOUNT_ID = "123456789012";

/** A resource or data source of the synthesized JSON. */
export interface SynthesizedElement {
  /** As in `terraform plan`: `aws_s3_bucket.source_bucket`. */
  readonly address: string;
  readonly type: string;
  /** Construct path below the stack: `source-bucket/bucket`. */
  readonly path: string;
  /** As written, with references. */
  readonly written: JsonObject;
  /** References to attributes of other elements replaced by their values; `"${...}"` stays where AWS decides the value. */
  readonly values: JsonObject;
}

const REFERENCE = /\$\{((?:data\.)?[a-z0-9_]+\.[a-z0-9_]+)\.([a-z0-9_]+)\}/g;
const ANSWERS_OF_AWS: Readonly<Record<string, string>> = {
  "data.aws_caller_identity.aws_account.account_id": ACCOUNT_ID,
  "data.aws_partition.aws_account.partition": "aws",
};

/** The stack as Terraform reads it, with fixture bundles of constant content. */
export class SynthesizedStack {
  readonly elements: readonly SynthesizedElement[];

  constructor(
    readonly stack: ImagePipelineStack,
    /** The whole output, without CDKTF's comments. */
    readonly json: JsonObject,
    private readonly commented: JsonObject,
  ) {
    const written = [...this.written("resource", ""), ...this.written("data", "data.")];
    const byAddress = new Map(written.map((element) => [element.address, element.written]));
    this.elements = written.map((element) => ({
      ...element,
      values: resolveReferences(element.written, byAddress) as JsonObject,
    }));
  }

  /** The one element made by the construct at `path`, below the stack. */
  at(path: string): SynthesizedElement {
    const found = this.elements.filter((element) => element.path === path);
    if (found.length !== 1 || !found[0]) throw new Error(`${path} must be one element, got ${found.length}`);
    return found[0];
  }

  has(path: string): boolean {
    return this.elements.some((element) => element.path === path);
  }

  ofType(...types: readonly string[]): readonly SynthesizedElement[] {
    return this.elements.filter((element) => types.includes(element.type));
  }

  private written(section: "resource" | "data", prefix: string): Omit<SynthesizedElement, "values">[] {
    return Object.entries((this.commented[section] ?? {}) as Record<string, Record<string, JsonObject>>).flatMap(
      ([type, elements]) =>
        Object.entries(elements).map(([name, element]) => {
          const { metadata } = element["//"] as { metadata: { path: string } };
          return {
            address: `${prefix}${type}.${name}`,
            type: `${prefix}${type}`,
            path: metadata.path.slice(metadata.path.indexOf("/") + 1),
            written: withoutComments(element) as JsonObject,
          };
        }),
    );
  }
}

function withoutComments(json: Json): Json {
  if (Array.isArray(json)) return json.map(withoutComments);
  if (json === null || typeof json !== "object") return json;
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) => (key === "//" ? [] : [[key, withoutComments(value)]])),
  );
}

function resolveReferences(json: Json, byAddress: ReadonlyMap<string, JsonObject>): Json {
  if (typeof json === "string")
    return json.replace(REFERENCE, (reference, address: string, attribute: string) => {
      const answer = ANSWERS_OF_AWS[`${address}.${attribute}`] ?? byAddress.get(address)?.[attribute];
      return answer === undefined ? reference : String(resolveReferences(answer, byAddress));
    });
  if (Array.isArray(json)) return json.map((item) => resolveReferences(item, byAddress));
  if (json === null || typeof json !== "object") return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, resolveReferences(value, byAddress)]));
}

let directory: string | undefined;
const stacks = new Map<string, SynthesizedStack>();

afterAll(() => {
  if (directory) rmSync(directory, { recursive: true, force: true });
  directory = undefined;
  stacks.clear();
});

/** Builds the stack once per environment. */
export function synthesizedStack(environment: Readonly<Record<string, string>> = {}): SynthesizedStack {
  const key = JSON.stringify(environment);
  const known = stacks.get(key);
  if (known) return known;
  directory ??= mkdtempSync(join(tmpdir(), "synthesized-stack-"));
  const settings = readStackSettings(environment);
  const app = new App({ outdir: join(directory, String(stacks.size)) });
  const bundles = { imageProcessor: bundle(directory, "processor"), failureRecorder: bundle(directory, "recorder") };
  const { stack, commented } = withoutStackTraces(() => {
    const stack = new ImagePipelineStack(app, `image-pipeline-${settings.ENVIRONMENT_SUFFIX}`, { settings, bundles });
    stack.runAllValidations();
    return { stack, commented: JSON.parse(JSON.stringify(stack.toTerraform())) as JsonObject };
  });
  const synthesized = new SynthesizedStack(stack, withoutComments(commented) as JsonObject, commented);
  stacks.set(key, synthesized);
  return synthesized;
}

/** CDKTF takes one for every token, and Jest maps each to its sources: a quarter of the time. Those of errors stay. */
function withoutStackTraces<T>(work: () => T): T {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = () => "";
  try {
    return work();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

function bundle(parent: string, name: string): string {
  const path = join(parent, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "index.js"), `exports.handler = async () => ${JSON.stringify(name)};\n`);
  return path;
}
