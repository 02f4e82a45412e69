import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const LOCK_FILE = "lock";
/** Each after the first follows another process that came or went meanwhile. */
const MAX_ATTEMPTS = 100;

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
  try {
    makeDirectory(directory);
    return takeLock(join(directory, LOCK_FILE));
  } catch (error) {
    throw describeFailure(directory, error as NodeJS.ErrnoException);
  }
}

/** Node's own recursive mkdir never returns where nothing can be made, as under /proc. */
function makeDirectory(path: string): void {
  if (isDirectory(path)) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another start may have been faster.
    if (!isDirectory(path)) throw error;
  }
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function describeFailure(directory: string, error: NodeJS.ErrnoException): Error {
  if (error instanceof LockHeld)
    return new DirectoryInUse(
      `${directory} is in use by process ${error.owner}: stop that one first, or choose another directory`,
    );
  return new Error(`${directory} must be a directory that can be written (${error.code ?? error.message})`, {
    cause: error,
  });
}

/** The lock file belongs to another process that is alive. */
class LockHeld extends Error {
  constructor(readonly owner: number) {
    super(`held by process ${owner}`);
  }
}

function takeLock(path: string): () => void {
  // A link appears with its content and fails where one is: the lock never lacks its owner, and never has two.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${process.pid}\n`);
  try {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      if (linkIfAbsent(draft, path)) return () => rmSync(path, { force: true });
      removeIfStale(path);
    }
    throw new Error(`${path} kept changing hands`);
  } finally {
    rmSync(draft, { force: true });
  }
}

function linkIfAbsent(existing: string, path: string): boolean {
  try {
    linkSync(existing, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** @throws {LockHeld} when it is not stale */
function removeIfStale(path: string): void {
  if (!isStale(path)) return;
  // Only the process that holds this second lock removes the first, after another look: what it saw before may be the lock
  // of a process that was faster. The second one, should its process die within these lines, is taken over in the same way.
  const release = takeLock(`${path}.takeover`);
  try {
    if (isStale(path)) rmSync(path);
  } finally {
    release();
  }
}

/** False when there is none any more. @throws {LockHeld} when its process is alive */
function isStale(path: string): boolean {
  const text = readIfPresent(path);
  if (text === undefined) return false;
  const owner = Number(text);
  // A process that got the number of a dead one again may be this one.
  if (Number.isInteger(owner) && owner > 0 && owner !== process.pid && isAlive(owner)) throw new LockHeld(owner);
  return true;
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
