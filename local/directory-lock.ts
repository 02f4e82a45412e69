import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Level } from "level";

/** An empty LevelDB, for the sake of its lock: the system gives that back when the process is gone, also after `kill -9`. */
const LOCK_DATABASE = "in-use";

/**
 * Makes the directory and takes it for this process, until the returned function is called or the process ends.
 * @throws {Error} one sentence when another process has it, or it cannot be written
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  try {
    makeDirectory(directory);
    const database = new Level(join(directory, LOCK_DATABASE));
    await database.open();
    return () => database.close();
  } catch (error) {
    // Level says why it did not open in the cause.
    const cause = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    if (cause.code === "LEVEL_LOCKED")
      throw new Error(`${directory} is in use by another process: stop that one first, or choose another directory`, {
        cause,
      });
    throw new Error(`${directory} must be a directory that can be written (${cause.code ?? cause.message})`, { cause });
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
