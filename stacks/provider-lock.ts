import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { providerVersions } from "./terraform";

/** Terraform's own name for it. It is committed at the project's root. */
export const PROVIDER_LOCK = ".terraform.lock.hcl";

export const NO_PROVIDER_LOCK = `There is no ${PROVIDER_LOCK}: Terraform takes the providers as they come, without known checksums. \`npm run lock-providers\` writes it; commit it.`;

/** The lock names other versions of the providers than the stack. */
export class OutdatedProviderLock extends Error {
  override readonly name = "OutdatedProviderLock";
}

/**
 * The committed lock file. Beside the synthesized stack it makes `terraform init` hold the providers to its checksums.
 * @returns undefined where none is committed
 * @throws {OutdatedProviderLock} where Terraform would refuse it
 */
export function readProviderLock(stack: TerraformStack): string | undefined {
  if (!existsSync(PROVIDER_LOCK)) return undefined;
  const lock = readFileSync(PROVIDER_LOCK, "utf8");
  const faults = Object.entries(providerVersions(stack)).flatMap(([name, version]) => {
    const locked = lockedVersion(lock, name);
    return locked === version ? [] : [`${name} ${version}, got ${locked ?? "nothing"}`];
  });
  if (faults.length === 0) return lock;
  throw new OutdatedProviderLock(
    `${PROVIDER_LOCK} must lock ${faults.join("; ")}. \`npm run lock-providers\` writes it anew`,
  );
}

/** Puts the lock beside the synthesized stack, where Terraform looks for it. */
export const writeProviderLock = (lock: string, stackDirectory: string): void =>
  writeFileSync(join(stackDirectory, PROVIDER_LOCK), lock);

/** @see https://developer.hashicorp.com/terraform/language/files/dependency-lock */
const lockedVersion = (lock: string, name: string): string | undefined =>
  new RegExp(String.raw`^provider "[^"]+/hashicorp/${name}" \{\s+version\s+= "([^"]+)"`, "m").exec(lock)?.[1];
