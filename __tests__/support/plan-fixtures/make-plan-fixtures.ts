import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { compactPlan } from "./compact-plan";
import type { PlannedChange, Synthesized } from "./planned-change";
import { PLANNED_CHANGES } from "./planned-changes";
import { synthesize } from "./synthesize";

const FIXTURES = join("packages", "terraform-review", "test", "plans");

function terraform(directory: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const program = process.env.OFFLINE_TERRAFORM;
  if (!program) throw new Error("OFFLINE_TERRAFORM must be the path of offline-terraform.mjs, got nothing");
  const options = { cwd: directory, env: { ...process.env, ...environment }, maxBuffer: 1 << 28 };
  return execFileSync(process.execPath, [program, "--local-backend", ...args], { ...options, stdio: "pipe" });
}

/** Deploys a state once and keeps it for every change that starts from it. */
function deploy(directory: string, change: PlannedChange): string | undefined {
  if (change.from === null) return undefined;
  const { path, json } = synthesize(directory, change.from ?? {}, "first");
  write(path, json, [change.editBase]);
  terraform(path, ["init", "-input=false"]);
  terraform(path, ["apply", "-input=false", "-auto-approve"]);
  return join(path, "terraform.tfstate");
}

function write(path: string, json: Synthesized, edits: readonly PlannedChange["edit"][]): void {
  for (const edit of edits) edit?.(json);
  writeFileSync(join(path, "cdk.tf.json"), JSON.stringify(json));
}

function plan(directory: string, change: PlannedChange, state: string | undefined): string {
  const { path, json } = synthesize(directory, { ...change.from, ...change.settings }, change.code ?? "first");
  write(path, json, [change.editBase, change.edit]);
  if (state) cpSync(state, join(path, "terraform.tfstate"));
  terraform(path, ["init", "-input=false"]);
  const drift = change.drift && { OFFLINE_TERRAFORM_DRIFT: JSON.stringify(change.drift) };
  try {
    terraform(path, ["plan", "-input=false", "-out=plan.bin"], drift);
  } catch (error) {
    // A refused replacement fails, and still leaves its plan behind.
    if (!existsSync(join(path, "plan.bin"))) throw new Error(`${change.name}: ${(error as { stderr: Buffer }).stderr}`);
  }
  return terraform(path, ["show", "-json", "plan.bin"]).toString();
}

function makeFixtures(names: readonly string[]): void {
  const scratch = mkdtempSync(join(tmpdir(), "plan-fixtures-"));
  const states = new Map<string, string | undefined>();
  try {
    for (const change of PLANNED_CHANGES) {
      if (names.length > 0 && !names.includes(change.name)) continue;
      const base = `${change.from === null} ${JSON.stringify(change.from)} ${change.editBase}`;
      const directory = join(scratch, change.name);
      mkdirSync(directory);
      if (!states.has(base)) states.set(base, deploy(join(directory, "base"), change));
      const compact = compactPlan(plan(join(directory, "plan"), change, states.get(base)));
      const file = join(FIXTURES, `${change.name}.json.gz`);
      writeFileSync(file, gzipSync(`${JSON.stringify(compact)}\n`, { level: 9 }));
      process.stdout.write(`${file}\n`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

makeFixtures(process.argv.slice(2));
