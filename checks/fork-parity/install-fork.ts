import { spawnSync } from "node:child_process";
import { copyFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

const MANIFEST_FOLDER = "checks/fork-parity";
const INSTALL_TIME_LIMIT_MS = 90_000;

/** What the program needs beside CDKTF: the project's own copies, so that only CDKTF differs. */
const SHARED_PACKAGES = ["esbuild", "valibot"] as const;

/** npm's words for a registry that is out of reach. */
const NETWORK_FAILURE = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)\b/;

/** The registry cannot be reached: nothing is wrong with the project. */
export class NoNetwork extends Error {
  override readonly name = "NoNetwork";
}

/**
 * Installs CDK Terrain into an empty directory, under the names of CDKTF, exactly as locked. No install script runs.
 * @throws {NoNetwork} when the registry cannot be reached
 */
export function installFork(directory: string): void {
  for (const name of ["package.json", "package-lock.json"])
    copyFileSync(join(MANIFEST_FOLDER, name), join(directory, name));
  const { status, stdout, stderr, error } = spawnSync(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1"],
    { cwd: directory, encoding: "utf8", timeout: INSTALL_TIME_LIMIT_MS },
  );
  if (status !== 0) throw installFailure(`${error?.message ?? ""}${stderr}${stdout}`);
  for (const name of SHARED_PACKAGES) symlinkSync(resolve("node_modules", name), join(directory, "node_modules", name));
}

/** Tells a registry out of reach from everything else that npm may say. */
export function installFailure(said: string): Error {
  const reason = NETWORK_FAILURE.exec(said)?.[0];
  return reason ? new NoNetwork(reason) : new Error(`npm ci must install CDK Terrain, got:\n${said.trim()}`);
}
