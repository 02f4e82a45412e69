import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { LambdaBundles } from "../contract/deployment";
import type { LambdaArchitecture, LambdaRuntime } from "../contract/names";
import { bundleFunction } from "./bundle-function";
import { copySharpBinaries, hostPlatform, type SharpPlatform } from "./sharp-binaries";

/** The earliest time that a zip archive can store, in epoch seconds. */
const ZIP_EPOCH_SECONDS = 315_532_800;

/** Gives every file and directory the same mode and time, whatever umask and clock made it. */
function sealTree(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) sealTree(path);
    else seal(path, 0o644);
  }
  seal(directory, 0o755);
}

function seal(path: string, mode: number): void {
  chmodSync(path, mode);
  utimesSync(path, ZIP_EPOCH_SECONDS, ZIP_EPOCH_SECONDS);
}

export interface BundleTarget {
  readonly architecture: LambdaArchitecture;
  readonly runtime: LambdaRuntime;
}

interface Stage {
  readonly directory: string;
  readonly entry: string;
  readonly runtime: BundleTarget["runtime"];
  readonly sharpPlatform?: SharpPlatform;
}

/** What decides over a bundle: the functions' sources, this folder, and what is installed. */
const INPUT_FOLDERS = ["lambda-src", "contract", "bundling"];
const INPUT_FILES = ["package-lock.json", "node_modules/.package-lock.json"];

/** The deployed runtime decides the syntax of `index.js`; the local system runs the same file. */
const LOCAL_RUNTIME = "nodejs24.x";

/**
 * Brings `dist/lambda/` up to date for the deployed functions: bundles are rebuilt when their sources, the lock file, the
 * installed packages or the target changed, and reused otherwise. The working directory must be the project's root.
 * @throws {Error} with one sentence when a package is missing, differs from the lock file or cannot be fetched
 */
export function stageLambdaBundles(target: BundleTarget): LambdaBundles {
  const sharpPlatform = target.architecture === "arm64" ? "linux-arm64" : "linux-x64";
  return stageBoth("dist/lambda", target.runtime, sharpPlatform);
}

/** The same two bundles beside the sharp binaries of this machine, under `dist/local/`. */
export function stageLocalBundles(): LambdaBundles {
  return stageBoth("dist/local", LOCAL_RUNTIME, hostPlatform());
}

function stageBoth(root: string, runtime: BundleTarget["runtime"], sharpPlatform: SharpPlatform): LambdaBundles {
  const inputs = digestOfInputs();
  const imageProcessor = `${root}/image-processor`;
  const failureRecorder = `${root}/failure-recorder`;
  stage({ directory: imageProcessor, entry: "lambda-src/image-processor.ts", runtime, sharpPlatform }, inputs);
  stage({ directory: failureRecorder, entry: "lambda-src/failure-recorder.ts", runtime }, inputs);
  return { imageProcessor, failureRecorder };
}

function stage(wanted: Stage, inputs: string): void {
  const marker = `${wanted.directory}.staged.json`;
  const description = JSON.stringify({ inputs, wanted });
  if (readIfPresent(marker) === markerText(description, wanted.directory)) return;

  mkdirSync(dirname(wanted.directory), { recursive: true });
  const draft = mkdtempSync(`${wanted.directory}.draft-`);
  try {
    const bundle = join(draft, "bundle");
    mkdirSync(bundle);
    bundleFunction({ entry: wanted.entry, runtime: wanted.runtime, directory: bundle });
    if (wanted.sharpPlatform) copySharpBinaries(wanted.sharpPlatform, bundle);
    sealTree(bundle);
    // Marker first away, last back: a run that is interrupted in between stages again.
    rmSync(marker, { force: true });
    replaceDirectory(bundle, wanted.directory, join(draft, "replaced"));
    writeFileSync(marker, markerText(description, wanted.directory));
  } catch (error) {
    if (!isCollision(error)) throw error;
    // Another process staged the same moment. From the same inputs it made the same tree; look again.
    stage(wanted, inputs);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Two renames, so that the directory is missing for a moment only. */
function replaceDirectory(source: string, target: string, replaced: string): void {
  if (existsSync(target)) renameSync(target, replaced);
  renameSync(source, target);
}

/** What a rename, or a look at the result, says when somebody else renamed first. */
const isCollision = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  "syscall" in error &&
  ["ENOENT", "ENOTEMPTY", "EEXIST"].includes(String(error.code)) &&
  ["rename", "stat", "scandir"].includes(String(error.syscall));

/** What was asked for, and the names, sizes and times of what lies there: a bundle edited by hand is staged again. */
function markerText(description: string, directory: string): string {
  const files = listFiles(directory).map((path) => {
    const { size, mtimeMs } = statSync(join(directory, path));
    return `${path} ${size} ${mtimeMs}`;
  });
  return `${JSON.stringify({ description, files }, null, 1)}\n`;
}

function digestOfInputs(): string {
  const hash = createHash("sha256");
  const sources = INPUT_FOLDERS.flatMap((folder) => listFiles(folder).map((path) => `${folder}/${path}`));
  for (const path of [...sources, ...INPUT_FILES]) {
    const content = readIfPresent(path);
    if (content === undefined)
      throw new Error(`${path} must exist before the functions can be bundled; run npm ci in the project's root first`);
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** Paths of all files below, with forward slashes, sorted by code unit. Empty when the directory is missing. */
function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(directory.length + 1)
          .replaceAll("\\", "/"),
      )
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
