import { cp, lstat, mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { UnusableInput } from "../../unusable-input";
import { type ProgramOptions, runProgram } from "./run-program";

/** The git repository around a project, which is only ever read. */
export class Repository {
  private constructor(
    readonly root: string,
    /** The project's folder below the root, with a slash at its end; empty at the root. */
    readonly projectFolder: string,
    private readonly options: ProgramOptions,
  ) {}

  /** @throws {UnusableInput} when the directory is in no repository */
  static async around(options: ProgramOptions): Promise<Repository> {
    const answer = await git(["rev-parse", "--show-toplevel", "--show-prefix"], options);
    const [root = "", projectFolder = ""] = answer.split("\n");
    return new Repository(root, projectFolder, options);
  }

  /** @throws {UnusableInput} when git knows no such commit */
  async commitOf(revision: string): Promise<string> {
    const result = await runProgram(
      "git",
      ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`],
      this.options,
    );
    if (result.exitCode !== 0) throw new UnusableInput(`a revision must be known to git, got "${revision}"`);
    return result.stdout.toString().trim();
  }

  /** Writes the files of a commit, by way of an index of its own: neither the user's index nor the checkout changes. */
  async writeCommit(commit: string, directory: string): Promise<void> {
    const environment = { ...this.options.environment, GIT_INDEX_FILE: `${directory}.index` };
    const options = { ...this.options, directory: this.root, environment };
    await git(["read-tree", commit], options);
    await git(["checkout-index", "--all", `--prefix=${directory}/`], options);
  }

  /** Files of the working tree, also those not yet added; not those that are ignored. */
  async listWorkingTree(): Promise<readonly string[]> {
    const options = { ...this.options, directory: this.root };
    const paths = await git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"], options);
    return [...new Set(paths.split("\0"))].filter((path) => path !== "");
  }
}

async function git(args: readonly string[], options: ProgramOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram("git", args, options);
  if (exitCode !== 0) throw new UnusableInput(`git ${args[0]} must succeed, got: ${stderr.trim() || exitCode}`);
  return stdout.toString();
}

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
