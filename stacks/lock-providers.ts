import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { messageOf } from "../contract/error-codes";
import { DEFAULT_SETTINGS } from "../contract/read-settings";
import { PROVIDER_LOCK } from "./provider-lock";
import { addProviders, configureBackend } from "./terraform";

/** Where people and continuous integration run Terraform, in Terraform's words. */
const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"] as const;

const USAGE = `npm run lock-providers

Writes ${PROVIDER_LOCK} with the checksums of the providers for ${PLATFORMS.join(", ")}. Commit it: every synthesis
puts it beside its output. It needs terraform (or TERRAFORM_BINARY_NAME) and the registry of providers.`;

/** Only the providers: the rest of a stack asks for bundles, and locks nothing. */
function synthesizeProviders(outdir: string): string {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "providers");
  configureBackend(stack, DEFAULT_SETTINGS);
  addProviders(stack, DEFAULT_SETTINGS);
  app.synth();
  return join(outdir, "stacks", stack.node.id);
}

function lockProviders(terraform: string, scratch: string): void {
  const directory = synthesizeProviders(scratch);
  const { status, error } = spawnSync(
    terraform,
    ["providers", "lock", ...PLATFORMS.map((platform) => `-platform=${platform}`)],
    { cwd: directory, stdio: "inherit" },
  );
  if (status !== 0)
    throw new Error(`${terraform} providers lock must succeed, got ${error?.message ?? `exit code ${status}`}`);
  copyFileSync(join(directory, PROVIDER_LOCK), PROVIDER_LOCK);
}

function main(): void {
  if (process.argv.includes("--help")) return void process.stdout.write(`${USAGE}\n`);
  const scratch = mkdtempSync(join(tmpdir(), "lock-providers-"));
  try {
    lockProviders(process.env.TERRAFORM_BINARY_NAME ?? "terraform", scratch);
    process.stdout.write(`Wrote ${PROVIDER_LOCK}: commit it.\n`);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main();
