import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isObject, type JsonObject, objectIn } from "../../model/json";
import { UnusableInput } from "../../unusable-input";
import type { Checkout } from "./check-out";
import { type ProgramOptions, runProgram } from "./run-program";

const MAX_COMPLAINT_CHARACTERS = 2000;

/** Runs the app of a checkout as `cdktf synth` does, and leaves its output in `outputDirectory`. */
export async function synthesize(
  { label, projectDirectory }: Checkout,
  outputDirectory: string,
  options: ProgramOptions,
): Promise<void> {
  const { app, context } = await readProject(label, join(projectDirectory, "cdktf.json"));
  const environment = {
    ...options.environment,
    CDKTF_OUTDIR: outputDirectory,
    CDKTF_CONTEXT_JSON: JSON.stringify(objectIn(context)),
  };
  const { exitCode, stdout, stderr } = await runProgram("sh", ["-c", String(app)], {
    ...options,
    environment,
    directory: projectDirectory,
  });
  if (exitCode === 0) return;
  const complaint = (stderr.trim() || stdout.toString().trim()).slice(-MAX_COMPLAINT_CHARACTERS);
  throw new UnusableInput(`${label} must synthesize, got exit code ${exitCode}: ${complaint}`);
}

async function readProject(label: string, path: string): Promise<JsonObject> {
  if (!existsSync(path)) throw new UnusableInput(`${label} must hold cdktf.json, got none`);
  const project = parse(await readFile(path, "utf8"));
  if (!isObject(project) || typeof project.app !== "string")
    throw new UnusableInput(`cdktf.json of ${label} must name an app to run, got none`);
  return project;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
