import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A fresh directory for the tests of one file, removed after the last of them. Where all are skipped it never exists. */
export function temporaryDirectory(): string {
  const directory = join(tmpdir(), `image-pipeline-${randomUUID()}`);
  beforeAll(() => mkdirSync(directory, { recursive: true, mode: 0o700 }));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
