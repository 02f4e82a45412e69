import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

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

/** Ending of the files that an interrupted write leaves behind; whoever lists a directory ignores them. */
export const DRAFT_SUFFIX = ".draft";

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
