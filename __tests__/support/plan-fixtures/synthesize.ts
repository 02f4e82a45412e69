import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { ImagePipelineStack } from "../../../stacks/image-pipeline-stack";
import { readStackSettings } from "../../../stacks/settings";
import type { Synthesized } from "./planned-change";

/** Writes `cdk.tf.json` and its assets below `directory`, and returns where Terraform runs and what it will read. */
export function synthesize(
  directory: string,
  environment: Readonly<Record<string, string>>,
  code: string,
): { readonly path: string; readonly json: Synthesized } {
  const settings = readStackSettings(environment);
  const bundles = {
    imageProcessor: writeBundle(directory, "processor", code),
    failureRecorder: writeBundle(directory, "recorder", "recorder"),
  };
  const app = new App({ outdir: join(directory, "out") });
  const id = `image-pipeline-${settings.ENVIRONMENT_SUFFIX}`;
  new ImagePipelineStack(app, id, { settings, bundles });
  app.synth();
  const path = join(directory, "out", "stacks", id);
  return { path, json: JSON.parse(readFileSync(join(path, "cdk.tf.json"), "utf8")) };
}

function writeBundle(directory: string, name: string, code: string): string {
  const path = join(directory, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "index.js"), `exports.handler = async () => ${JSON.stringify(code)};\n`);
  return path;
}
