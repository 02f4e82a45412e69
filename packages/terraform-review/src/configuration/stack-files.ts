import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { type Line, line } from "../model/line";

/** What CDKTF writes, and the committed checksums of providers. Terraform reads any other `.tf`, `.tfvars` or directory too. */
const TOP = new Set(["cdk.tf.json", ".terraform.lock.hcl", "assets"]);

/** What else lies in the directory of a stack, and what is no plain file: an archive would follow links out of it. */
export function strangeFilesIn(directory: string): readonly Line[] {
  return entriesBelow(directory).flatMap(({ path, isPlain }): readonly Line[] => {
    const name = relative(directory, path);
    if (!isPlain) return [line`${name} is not a plain file`];
    return TOP.has(name) || name.startsWith("assets/") ? [] : [line`${name} does not belong to a synthesized stack`];
  });
}

function entriesBelow(directory: string): readonly { readonly path: string; readonly isPlain: boolean }[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    const own = { path, isPlain: entry.isFile() || entry.isDirectory() };
    return entry.isDirectory() ? [own, ...entriesBelow(path)] : [own];
  });
}
