import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { isObject, type JsonObject, objectIn } from "../../model/json";
import { UnusableInput } from "../../unusable-input";
import { readOutput, type SynthesizedOutput } from "../read-output";
import { type Checkout, checkOutCommit, copyWorkingTree, Repository } from "./repository";
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

const LOCK_FILE = "package-lock.json";

/**
 * Gives a checkout its packages: those of the user's project where the lock files are the same, else its own.
 * @param options of the user's project
 */
export async function installPackages(
  { label, projectDirectory }: Checkout,
  options: ProgramOptions,
  tell: (sentence: string) => void,
): Promise<void> {
  const installed = join(options.directory, "node_modules");
  const [own, users] = await Promise.all([projectDirectory, options.directory].map(readLockFile));
  if (existsSync(installed) && own !== undefined && own === users) {
    await symlink(installed, join(projectDirectory, "node_modules"), "dir");
    return;
  }
  if (own === undefined) throw new UnusableInput(`${label} must hold ${LOCK_FILE}, got none`);
  const reason = own === users ? "no packages are installed here" : `${LOCK_FILE} differs from the one here`;
  tell(`${label} needs packages of its own (${reason}): running npm ci, which takes a while`);
  const args = ["ci", "--no-audit", "--no-fund"];
  const { exitCode, stderr } = await runProgram("npm", args, { ...options, directory: projectDirectory });
  if (exitCode !== 0) throw new UnusableInput(`npm ci for ${label} must succeed, got: ${stderr.trim().slice(-2000)}`);
}

async function readLockFile(directory: string): Promise<string | undefined> {
  const path = join(directory, LOCK_FILE);
  return existsSync(path) ? readFile(path, "utf8") : undefined;
}

export interface Revisions {
  readonly base: string;
  /** Absent: the working tree. */
  readonly head: string | undefined;
}

/**
 * Synthesizes both revisions below `scratch`, side by side and at paths of the same length, because a bundle may tell where
 * it was made.
 * @param options of the user's project, which is only read
 */
export async function synthesizeRevisions(
  { base, head }: Revisions,
  scratch: string,
  options: ProgramOptions,
  tell: (sentence: string) => void,
): Promise<readonly [SynthesizedOutput, SynthesizedOutput]> {
  const repository = await Repository.around(options);
  const prepare = async (checkout: Checkout, name: string): Promise<SynthesizedOutput> => {
    await installPackages(checkout, options, tell);
    const output = join(scratch, `${name}-output`);
    await synthesize(checkout, output, options);
    return readOutput(checkout.label, output);
  };
  const before = checkOutCommit(repository, base, join(scratch, "base"));
  const after =
    head === undefined
      ? copyWorkingTree(repository, join(scratch, "head"))
      : checkOutCommit(repository, head, join(scratch, "head"));
  return Promise.all([
    before.then((checkout) => prepare(checkout, "base")),
    after.then((checkout) => prepare(checkout, "head")),
  ]);
}
