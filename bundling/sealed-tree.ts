import { chmodSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";

/** The earliest time that a zip archive can store, in epoch seconds. */
const ZIP_EPOCH_SECONDS = 315_532_800;

/** Gives every file and directory the same mode and time, whatever umask and clock made it. */
export function sealTree(directory: string): void {
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
