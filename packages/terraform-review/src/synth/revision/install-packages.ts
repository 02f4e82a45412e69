import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { UnusableInput } from "../../unusable-input";
import type { Checkout } from "./check-out";
import { type ProgramOptions, runProgram } from "./run-program";

const LOCK_FILE = "package-lock.json";

/**
 * Gives a checkout its packages: those of the user's project where the lock files are the same, else its own.
 * @param options of the user's project
 */
export async function installPackages(
  { label, projectDirectory }: Checkout,
  options: ProgramOptions,
  tell: (sentence: string) => void,
): Promise<void> {
  const installed = join(options.directory, "node_modules");
  const [own, users] = await Promise.all([projectDirectory, options.directory].map(readLockFile));
  if (existsSync(installed) && own !== undefined && own === users) {
    await symlink(installed, join(projectDirectory, "node_modules"), "dir");
    return;
  }
  if (own === undefined) throw new UnusableInput(`${label} must hold ${LOCK_FILE}, got none`);
  const reason = own === users ? "no packages are installed here" : `${LOCK_FILE} differs from the one here`;
  tell(`${label} needs packages of its own (${reason}): running npm ci, which takes a while`);
  const args = ["ci", "--no-audit", "--no-fund"];
  const { exitCode, stderr } = await runProgram("npm", args, { ...options, directory: projectDirectory });
  if (exitCode !== 0) throw new UnusableInput(`npm ci for ${label} must succeed, got: ${stderr.trim().slice(-2000)}`);
}

async function readLockFile(directory: string): Promise<string | undefined> {
  const path = join(directory, LOCK_FILE);
  return existsSync(path) ? readFile(path, "utf8") : undefined;
}
