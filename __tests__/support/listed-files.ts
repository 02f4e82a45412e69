import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** Paths of all files and directories below, with forward slashes, sorted. Directories end with a slash. */
export function listedFiles(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = relative(directory, join(entry.parentPath, entry.name)).replaceAll("\\", "/");
      return entry.isDirectory() ? `${path}/` : path;
    })
    .sort();
}
