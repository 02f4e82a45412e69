import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type JsonObject } from "../model/json";
import { UnusableInput } from "../unusable-input";
import { type Element, elementsOf } from "./element";

/** What one revision synthesizes. */
export interface SynthesizedOutput {
  /** As a person calls the revision. */
  readonly label: string;
  readonly elements: readonly Element[];
  /** Where the assets of a stack begin. */
  readonly directoryOf: (stack: string) => string;
}

/** Reads what an app wrote to its output directory. */
export function readOutput(label: string, outputDirectory: string): SynthesizedOutput {
  const directoryOf = (stack: string) => join(outputDirectory, "stacks", stack);
  const folder = join(outputDirectory, "stacks");
  const stacks = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((stack) => existsSync(join(directoryOf(stack), "cdk.tf.json")))
    .sort();
  if (stacks.length === 0) throw new UnusableInput(`the app of ${label} must write stacks/*/cdk.tf.json, got none`);
  const elements = stacks.flatMap((stack) =>
    elementsOf(stack, readJson(label, join(directoryOf(stack), "cdk.tf.json"))),
  );
  return { label, elements, directoryOf };
}

function readJson(label: string, path: string): JsonObject {
  try {
    const json: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isObject(json)) return json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UnusableInput(`cdk.tf.json of ${label} must be an object in JSON, got something else`);
}
