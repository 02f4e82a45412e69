import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

const LOCK_FILE = "lock";

/** The directory belongs to another process that is alive. */
export class DirectoryInUse extends Error {
  override readonly name = "DirectoryInUse";
}

/**
 * Makes the directory and takes it for this process. A lock whose process is gone, as after `kill -9`, is taken over.
 * Returns the function that releases it.
 * @throws {DirectoryInUse} while another process has it
 * @throws {Error} one sentence when it cannot be written
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, LOCK_FILE);
  try {
    mkdirSync(directory, { recursive: true });
    removeIfStale(path);
    // Exclusive: of two processes that start at once, one fails.
    const file = openSync(path, "wx");
    writeSync(file, `${process.pid}\n`);
    closeSync(file);
  } catch (error) {
    throw describeFailure(directory, path, error as NodeJS.ErrnoException);
  }
  return () => rmSync(path, { force: true });
}

function describeFailure(directory: string, path: string, error: NodeJS.ErrnoException): Error {
  if (error.code === "EEXIST" && error.path === path)
    return new DirectoryInUse(
      `${directory} is in use by process ${readFileSync(path, "utf8").trim()}: stop that one first, or choose another directory`,
    );
  return new Error(`${directory} must be a directory that can be written (${error.code})`, { cause: error });
}

function removeIfStale(path: string): void {
  const text = readIfPresent(path);
  if (text === undefined) return;
  const owner = Number(text);
  // A process that got the number of a dead one again may be this one.
  if (!Number.isInteger(owner) || owner <= 0 || owner === process.pid || !isAlive(owner)) rmSync(path, { force: true });
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
