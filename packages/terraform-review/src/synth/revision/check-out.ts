import { cp, lstat, mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Repository } from "./repository";

/** The files of one state of the project, apart from the user's. */
export interface Checkout {
  /** As a person calls it. */
  readonly label: string;
  readonly projectDirectory: string;
}

export async function checkOutCommit(repository: Repository, revision: string, directory: string): Promise<Checkout> {
  const commit = await repository.commitOf(revision);
  await mkdir(directory, { recursive: true });
  await repository.writeCommit(commit, directory);
  const short = commit.slice(0, 7);
  const label = commit.startsWith(revision) ? short : `${revision} (${short})`;
  return { label, projectDirectory: join(directory, repository.projectFolder) };
}

export async function copyWorkingTree(repository: Repository, directory: string): Promise<Checkout> {
  for (const path of await repository.listWorkingTree()) {
    const source = join(repository.root, path);
    const found = await lstat(source).catch(() => undefined);
    // Deleted, but not yet for git; or a submodule; or packages that are not ignored, being a link.
    if (!found || found.isDirectory() || basename(path) === "node_modules") continue;
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await cp(source, target, { verbatimSymlinks: true });
  }
  return { label: "working tree", projectDirectory: join(directory, repository.projectFolder) };
}
