import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A fresh directory for the tests of one file, removed after the last of them. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "terraform-review-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
