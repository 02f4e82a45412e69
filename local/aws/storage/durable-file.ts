import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Ending of the files that an interrupted write leaves behind. A listing of the directory leaves them out. */
export const DRAFT_SUFFIX = ".draft";

/**
 * Writes a whole file so that a crash at any moment leaves either the old content or the new one, never a part: the
 * text goes to `PATH.draft`, reaches the disk, and is renamed. Resolves when the name itself is on the disk too.
 */
export async function writeDurably(path: string, text: string): Promise<void> {
  const draft = `${path}${DRAFT_SUFFIX}`;
  const file = await open(draft, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncDirectory(dirname(path));
}

/** The same at once, for small files. */
export function writeDurablySync(path: string, text: string): void {
  const draft = `${path}${DRAFT_SUFFIX}`;
  writeFileSync(draft, text, { flush: true });
  renameSync(draft, path);
  const directory = openSync(dirname(path), "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** Makes renames and removals in a directory survive a loss of power. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
