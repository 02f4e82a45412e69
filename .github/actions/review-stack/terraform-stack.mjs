// Runs Terraform on a synthesized stack: node terraform-stack.mjs review|deploy|apply STACK_DIRECTORY [RESULT_DIRECTORY]
//
//   review   plans for a pull request: takes no lock, and starts a speculative run in a remote workspace
//   deploy   plans what is applied next: waits for the lock, and saves the plan
//   apply    applies the plan that `deploy` saved
//
// Planning leaves plan.log (what Terraform said), plan.txt (the plan for people) and plan.json (the plan for plan-review) in the
// result directory and plan.bin in the stack's, and writes `planned=true` or `planned=false` to $GITHUB_OUTPUT; the exit code is 0. A
// refused destruction fails the plan and leaves plan.json, which says what was refused.
//
// TF_API_TOKEN   token of HCP Terraform; needed where the state lies there. Plan permission is enough to plan
// TFE_ADDRESS    address of HCP Terraform's API, https://{hostname} by default
import { spawn } from "node:child_process";
import { appendFileSync, createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { finished } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";

const { TF_API_TOKEN, TFE_ADDRESS, GITHUB_OUTPUT, ...inherited } = process.env;
const DEFAULT_HOSTNAME = "app.terraform.io";
/** In the address at which Terraform says that the run can be seen. */
const RUN = /\/runs\/(run-\w+)/;
/** HCP Terraform writes the plan as JSON a moment after the run has ended. */
const JSON_PLAN_DEADLINE_MS = 120_000;
const JSON_PLAN_PAUSE_MS = 1000;

const [purpose, stackDirectory = "", resultDirectory = ""] = process.argv.slice(2);
const stack = resolve(stackDirectory);
const result = resolve(resultDirectory);
const log = join(result, "plan.log");

/** The token lies where Terraform looks for it: in the variable of its host, and in no file. */
function environmentFor(cloud) {
  const hostname = cloud?.hostname ?? DEFAULT_HOSTNAME;
  const variable = `TF_TOKEN_${hostname.replaceAll("-", "__").replaceAll(".", "_")}`;
  const token = TF_API_TOKEN ? { [variable]: TF_API_TOKEN } : {};
  return { ...inherited, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "true", ...token };
}

/** Runs Terraform in the stack's directory. What it says goes to this program's own output, and to `file`. */
async function terraform(args, cloud, file, isQuiet = false) {
  const child = spawn("terraform", args, { cwd: stack, env: environmentFor(cloud), stdio: ["ignore", "pipe", "pipe"] });
  // Terraform gives the lock back before it ends.
  const pass = (signal) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, pass);
  const output = file && createWriteStream(file, { flags: isQuiet ? "w" : "a" });
  if (output) child.stdout.pipe(output, { end: false });
  if (output && !isQuiet) child.stderr.pipe(output, { end: false });
  if (!isQuiet) child.stdout.pipe(process.stdout, { end: false });
  child.stderr.pipe(process.stderr, { end: false });
  const exitCode = await new Promise((done, fail) => child.once("error", fail).once("close", done));
  for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, pass);
  if (output) await finished(output.end());
  return exitCode;
}

async function ask(path, { hostname = DEFAULT_HOSTNAME }) {
  const headers = { authorization: `Bearer ${TF_API_TOKEN}`, "content-type": "application/vnd.api+json" };
  // A redirect leads to a store of another origin, to which fetch does not carry the token on.
  const response = await fetch(new URL(`/api/v2/${path}`, TFE_ADDRESS || `https://${hostname}`), { headers });
  if (!response.ok) throw new Error(`HCP Terraform must answer ${path}, got ${response.status}`);
  return response;
}

/** Whether Terraform runs in HCP Terraform or in an agent, and not on this machine. */
async function runsElsewhere(cloud) {
  if (!cloud) return false;
  const [organization, workspace] = [cloud.organization, cloud.workspaces.name].map(encodeURIComponent);
  const { data } = await (await ask(`organizations/${organization}/workspaces/${workspace}`, cloud)).json();
  return data.attributes["execution-mode"] !== "local";
}

/** The plan as JSON, without what only an administrator of the workspace may see. */
async function redactedPlan(run, cloud) {
  const { data } = await (await ask(`runs/${run}`, cloud)).json();
  const path = `plans/${data.relationships.plan.data.id}/json-output-redacted`;
  const deadline = Date.now() + JSON_PLAN_DEADLINE_MS;
  let response = await ask(path, cloud);
  while (response.status === 204) {
    if (Date.now() > deadline) throw new Error(`HCP Terraform must have the plan of ${run} as JSON, got none`);
    await setTimeout(JSON_PLAN_PAUSE_MS);
    response = await ask(path, cloud);
  }
  return response.text();
}

/** @returns whether there is a plan that can be applied */
async function plan(cloud) {
  rmSync(join(stack, "plan.bin"), { force: true });
  const lockFile = existsSync(join(stack, ".terraform.lock.hcl")) ? ["-lockfile=readonly"] : [];
  if ((await terraform(["init", "-input=false", "-no-color", ...lockFile], cloud, log)) !== 0) return false;

  const isElsewhere = await runsElsewhere(cloud);
  // A run whose plan is not saved is speculative: it can never be applied, and waits for no other.
  const out = isElsewhere && purpose === "review" ? [] : ["-out=plan.bin"];
  const lock = purpose === "deploy" ? "-lock-timeout=15m" : "-lock=false";
  const exitCode = await terraform(["plan", "-input=false", "-no-color", lock, ...out], cloud, log);
  if (isElsewhere) {
    const said = readFileSync(log, "utf8");
    writeFileSync(join(result, "plan.txt"), said);
    const [, run] = RUN.exec(said) ?? [];
    if (run) writeFileSync(join(result, "plan.json"), await redactedPlan(run, cloud));
  } else if (existsSync(join(stack, "plan.bin"))) {
    await terraform(["show", "-no-color", "plan.bin"], cloud, join(result, "plan.txt"), true);
    await terraform(["show", "-json", "-no-color", "plan.bin"], cloud, join(result, "plan.json"), true);
  }
  return exitCode === 0;
}

async function run() {
  const { cloud } = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8")).terraform;
  if (purpose === "apply") {
    process.exitCode = await terraform(["apply", "-input=false", "-no-color", "-lock-timeout=15m", "plan.bin"], cloud);
    return;
  }
  if (purpose !== "review" && purpose !== "deploy")
    throw new Error(`it must be review, deploy or apply, got "${purpose}"`);
  mkdirSync(result, { recursive: true });
  for (const name of ["plan.json", "plan.txt"]) rmSync(join(result, name), { force: true });
  writeFileSync(log, "");
  const isPlanned = await plan(cloud).catch((error) => {
    appendFileSync(log, `${error.message}\n`);
    process.stderr.write(`${error.message}\n`);
    return false;
  });
  if (GITHUB_OUTPUT) appendFileSync(GITHUB_OUTPUT, `planned=${isPlanned}\n`);
}

await run();
