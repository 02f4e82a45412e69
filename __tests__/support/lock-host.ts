import { createInterface } from "node:readline";
import { DirectoryInUse, lockDirectory } from "../../local/directory-lock";

/**
 * A process that competes for directories: for each line `{"directory": ..., "atMs": ...}` it waits for that time, so that
 * several start at once, and prints `held`, `refused`, or what went wrong. It keeps what it holds until it is killed.
 */
createInterface({ input: process.stdin }).on("line", (line) => {
  const { directory, atMs } = JSON.parse(line) as { directory: string; atMs: number };
  while (Date.now() < atMs);
  console.log(attempt(directory));
});

function attempt(directory: string): string {
  try {
    lockDirectory(directory);
    return "held";
  } catch (error) {
    return error instanceof DirectoryInUse ? "refused" : String(error);
  }
}
