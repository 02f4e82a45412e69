import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Difference } from "../model/difference";

/** CDKTF copies an asset to a folder that is named by what is in it. */
const ASSET = /^assets\/(?<name>[^/]+)\/(?<hash>[0-9a-f]{32})(?:\/|$)/i;

/** Files that an asset holds on one side only, or with other content. */
export interface FileChange {
  readonly path: string;
  readonly bytesBefore: number | undefined;
  readonly bytesAfter: number | undefined;
}

/** What gets zipped or uploaded is another. */
export interface CodeChange {
  readonly asset: string;
  readonly before: string;
  readonly after: string;
}

/** The change of an asset's content behind another path to it, or undefined for any other difference. */
export function codeChangeIn({ before, after }: Difference): CodeChange | undefined {
  const [left, right] = [assetIn(before), assetIn(after)];
  if (!left?.hash || !right?.name || !right.hash || left.hash === right.hash) return undefined;
  return { asset: right.name, before: String(before), after: String(after) };
}

/** Whether the same content lies under another name. */
export function isSameContent({ before, after }: Difference): boolean {
  const [left, right] = [assetIn(before), assetIn(after)];
  return left !== undefined && left.hash === right?.hash;
}

function assetIn(value: unknown) {
  return typeof value === "string" ? ASSET.exec(value)?.groups : undefined;
}

/** The files by which two directories differ. A directory that is missing has none. */
export function fileChangesBetween(before: string, after: string): readonly FileChange[] {
  const [left, right] = [readTree(before), readTree(after)];
  return [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((path) => {
    const [one, other] = [left.get(path), right.get(path)];
    if (one && other?.equals(one)) return [];
    return [{ path, bytesBefore: one?.length, bytesAfter: other?.length }];
  });
}

function readTree(directory: string): ReadonlyMap<string, Buffer> {
  try {
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((entry) => join(entry.parentPath, entry.name));
    return new Map(paths.map((path) => [path.slice(directory.length).replace(/^\//, ""), readFileSync(path)]));
  } catch (error) {
    if (error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code)))
      return new Map();
    throw error;
  }
}
