import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

/** Relative to the project's root, which is the working directory of every command. */
const PAGE_DIRECTORY = "console/page";
/** Packages that the page imports as they are published. */
const PACKAGE_FILES: Readonly<Record<string, string>> = {
  "/thumbhash.js": "node_modules/thumbhash/thumbhash.js",
};
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

export interface PageFile {
  readonly contentType: string;
  readonly content: Buffer;
}

/** Every file of the page by its path, read once: no path of a request ever reaches the disk. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  const names = readdirSync(PAGE_DIRECTORY, { recursive: true, encoding: "utf8" });
  const own = names
    .filter((name) => extname(name) in CONTENT_TYPES)
    .map((name): [string, string] => [pathOf(name), join(PAGE_DIRECTORY, name)]);
  return new Map([...own, ...Object.entries(PACKAGE_FILES)].map(([path, file]) => [path, readPageFile(file)]));
}

const pathOf = (name: string): string => (name === "index.html" ? "/" : `/${name.replaceAll("\\", "/")}`);

const readPageFile = (file: string): PageFile => ({
  contentType: CONTENT_TYPES[extname(file)] ?? "application/octet-stream",
  content: readFileSync(file),
});
