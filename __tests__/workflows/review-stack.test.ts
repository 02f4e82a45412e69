import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { type HcpTerraform, type HcpTerraformAnswers, startHcpTerraform, TOKEN } from "../support/hcp-terraform";
import { synthesizedStack } from "../support/synthesized-stack";
import { temporaryDirectory } from "../support/temporary-directory";

const ACTION = resolve(".github/actions/review-stack");
const directory = temporaryDirectory();
const programs = join(directory, "programs");

beforeAll(() => {
  buildSync({
    entryPoints: ["check-configuration", "plan-review"].map((name) => `packages/terraform-review/src/${name}.ts`),
    bundle: true,
    platform: "node",
    outdir: programs,
  });
});

interface Result {
  readonly stack: string;
  readonly result: string;
  readonly outputs: string;
}

/** A stack's directory with this configuration, and where the scripts leave what they find. */
function stackWith(configuration: object): Result {
  const root = mkdtempSync(join(directory, "stack-"));
  const stack = join(root, "cdktf.out/stacks/image-pipeline-dev");
  mkdirSync(join(stack, "assets"), { recursive: true });
  writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify(configuration, null, 2));
  return { stack, result: join(root, "result"), outputs: join(root, "outputs") };
}

const read = (where: Result, name: string) => readFileSync(join(where.result, name), "utf8");

describe("refuse-configuration.sh", () => {
  function refusalsOf(where: Result, environment: Readonly<Record<string, string>> = {}): string {
    const { status, stderr } = spawnSync(join(ACTION, "refuse-configuration.sh"), [where.stack, where.result], {
      encoding: "utf8",
      env: {
        PATH: process.env.PATH,
        CHECKER: join(programs, "check-configuration.js"),
        ENVIRONMENT_SUFFIX: "dev",
        ...environment,
      },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return existsSync(join(where.result, "refused.md")) ? read(where, "refused.md") : "";
  }

  const CLOUD = { TF_CLOUD_ORGANIZATION: "acme", TF_CLOUD_PROJECT: "photos", TF_CLOUD_HOSTNAME: "app.example.com" };

  test.each([
    ["a local state", {}],
    ["every queue", { UPLOAD_TRIGGER: "queue", ALARM_EMAIL: "oncall@example.com", SOURCE_VERSIONING: "true" }],
    ["another region and HCP Terraform", { AWS_REGION: "eu-central-1", ...CLOUD }],
    ["data that CDK retained", { IMPORT_FROM_CDK: "123456789012" }],
  ])("passes this stack with %s", (_, settings) => {
    const environment = { ENVIRONMENT_SUFFIX: "dev", ...settings };
    expect(refusalsOf(stackWith(synthesizedStack(environment).json), settings)).toBe("");
  });

  test("holds region and place of the state against the workflow's settings, not the pull request's", () => {
    const where = stackWith(synthesizedStack({ ENVIRONMENT_SUFFIX: "dev", AWS_REGION: "eu-west-1", ...CLOUD }).json);
    const refusals = refusalsOf(where, { TF_CLOUD_ORGANIZATION: "acme" });
    expect(refusals).toContain("terraform: must be");
    expect(refusals).toMatch(/`region` must be .*us-east-1.*got .*eu-west-1/);
  });

  test("refuses what it cannot read", () => {
    const where = stackWith({});
    writeFileSync(join(where.stack, "cdk.tf.json"), "{");
    expect(refusalsOf(where)).toContain("must be an object in JSON");
  });

  test("refuses other files and links in the stack's directory", () => {
    const where = stackWith(synthesizedStack({ ENVIRONMENT_SUFFIX: "dev" }).json);
    writeFileSync(join(where.stack, "more.tf"), "");
    symlinkSync("/etc/hostname", join(where.stack, "assets/linked"));
    const refusals = refusalsOf(where);
    expect(refusals).toContain("`more.tf` does not belong to a synthesized stack");
    expect(refusals).toContain("`assets/linked` is not a plain file");
  });
});

describe("write-review.mjs", () => {
  function review(where: Result, environment: Readonly<Record<string, string>>): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, [join(ACTION, "write-review.mjs"), where.result], {
      encoding: "utf8",
      env: {
        TITLE: "Plan of `dev`",
        COMMIT: "c0ffee",
        RUN_URL: "https://github.example/runs/1",
        REVIEWER: join(programs, "plan-review.js"),
        ...environment,
      },
    });
  }

  function resultWith(files: Readonly<Record<string, string>>): Result {
    const where = stackWith({});
    mkdirSync(where.result);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(where.result, name), text);
    return where;
  }

  const EMPTY_PLAN = JSON.stringify({ format_version: "1.2", complete: true, resource_changes: [], configuration: {} });

  test("names commit and run and folds the plan in", () => {
    const where = resultWith({ "plan.json": EMPTY_PLAN, "plan.txt": "No changes. ``` </details>\n" });
    expect(review(where, { PASSED: "true", NOTE: "Planned without state." }).stdout).toBe("blocked=false\n");
    expect(read(where, "review.md")).toMatch(
      /^# Plan of `dev`\n\nCommit c0ffee, \[run\]\(https:\/\/github\.example\/runs\/1\)\n\n[\s\S]*SAFE[\s\S]*Planned without state\.[\s\S]*<details>[\s\S]*````\nNo changes\. ``` <\/details>\n````/,
    );
  });

  test("keeps below what GitHub takes, and says where the whole plan is", () => {
    const where = resultWith({ "plan.json": EMPTY_PLAN, "plan.txt": `${"ä".repeat(99)}\n`.repeat(2000) });
    review(where, { PASSED: "true" });
    expect(Buffer.byteLength(read(where, "review.md"))).toBeLessThan(65_000);
    expect(read(where, "review.md")).toContain("an artifact of [the run](https://github.example/runs/1#artifacts)");
  });

  test.each([
    ["the configuration is refused", { "refused.md": "- `module`\n", "plan.json": EMPTY_PLAN }, "true"],
    ["Terraform failed", { "plan.json": EMPTY_PLAN }, "false"],
    ["Terraform was not reached", { "plan.json": EMPTY_PLAN }, ""],
    ["there is no plan", { "plan.log": "Error: no" }, "true"],
    ["the plan is damaged", { "plan.json": "{" }, "true"],
    ["data is at risk in the synthesized output", { "comparison.md": "DATA AT RISK" }, "false"],
  ])("blocks where %s", (_, files, passed) => {
    const where = resultWith(files);
    expect(review(where, { PASSED: passed }).stdout).toBe("blocked=true\n");
    expect(read(where, "review.md")).not.toBe("");
  });
});

const version = spawnSync("terraform", ["version", "-json"], { encoding: "utf8" }).stdout;
const describeWithTerraform = version ? describe : describe.skip;

describeWithTerraform("terraform-stack.mjs (runs where terraform is on the PATH)", () => {
  const { terraform_version: terraformVersion } = version ? JSON.parse(version) : { terraform_version: "" };
  let server: HcpTerraform | undefined;
  afterEach(() => server?.close());

  async function runTerraform(
    purpose: string,
    where: Result,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    rmSync(where.outputs, { force: true });
    const args = [join(ACTION, "terraform-stack.mjs"), purpose, where.stack, where.result];
    const env = { PATH: process.env.PATH, HOME: directory, GITHUB_OUTPUT: where.outputs, ...environment };
    const child = spawn(process.execPath, args, { env, stdio: "ignore", timeout: 60_000 });
    return new Promise((done) => child.once("close", done));
  }

  const localStack = (input: string, lifecycle = {}) => ({
    terraform: { backend: { local: { path: "../../../terraform.tfstate" } } },
    resource: { terraform_data: { photos: { input, triggers_replace: input, lifecycle } } },
  });

  test("plans, and applies the plan that was reviewed", async () => {
    const where = stackWith(localStack("first"));
    await runTerraform("deploy", where);
    expect(readFileSync(where.outputs, "utf8")).toBe("planned=true\n");
    expect(JSON.parse(read(where, "plan.json")).resource_changes).toHaveLength(1);
    expect(read(where, "plan.txt")).toContain("terraform_data.photos will be created");
    // What is written afterwards was not reviewed.
    writeFileSync(join(where.stack, "cdk.tf.json"), JSON.stringify(localStack("second")));
    expect(await runTerraform("apply", where)).toBe(0);
    expect(readFileSync(join(where.stack, "../../../terraform.tfstate"), "utf8")).toContain('"first"');
  });

  test("takes no lock for a pull request, waits for it to deploy, and holds providers to committed checksums", async () => {
    const wrapper = join(directory, "recording");
    const terraform = spawnSync("which", ["terraform"], { encoding: "utf8" }).stdout.trim();
    mkdirSync(wrapper);
    writeFileSync(join(wrapper, "terraform"), `#!/bin/sh\necho "$*" >>"$RECORD"\nexec ${terraform} "$@"\n`, {
      mode: 0o755,
    });
    const where = stackWith(localStack("first"));
    writeFileSync(join(where.stack, ".terraform.lock.hcl"), "");
    const record = `${where.outputs}.arguments`;
    for (const purpose of ["review", "deploy", "apply"])
      await runTerraform(purpose, where, { PATH: `${wrapper}:${process.env.PATH}`, RECORD: record });
    const lines = readFileSync(record, "utf8").trim().split("\n");
    expect(lines.filter((line) => !line.startsWith("show"))).toEqual([
      "init -input=false -no-color -lockfile=readonly",
      "plan -input=false -no-color -lock=false -out=plan.bin",
      "init -input=false -no-color -lockfile=readonly",
      "plan -input=false -no-color -lock-timeout=15m -out=plan.bin",
      "apply -input=false -no-color -lock-timeout=15m plan.bin",
    ]);
  });

  test("leaves the plan of what was refused", async () => {
    const where = stackWith(localStack("first", { prevent_destroy: true }));
    await runTerraform("deploy", where);
    await runTerraform("apply", where);
    writeFileSync(join(where.stack, "cdk.tf.json"), JSON.stringify(localStack("second", { prevent_destroy: true })));
    await runTerraform("review", where);
    expect(readFileSync(where.outputs, "utf8")).toBe("planned=false\n");
    expect(JSON.parse(read(where, "plan.json"))).toMatchObject({ errored: true });
    expect(read(where, "plan.log")).toContain("prevent_destroy");
  });

  const PLAN = {
    plan_format_version: "1.2",
    provider_format_version: "1.0",
    resource_changes: [],
    provider_schemas: {},
  };

  async function runRemote(purpose: string, answers: Partial<HcpTerraformAnswers>, token = TOKEN): Promise<Result> {
    const where = stackWith({});
    const runStatus = purpose === "deploy" ? "planned_and_saved" : "planned_and_finished";
    const defaults: HcpTerraformAnswers = { executionMode: "remote", terraformVersion, plan: PLAN, runStatus };
    server = await startHcpTerraform(directory, { ...defaults, ...answers });
    const cloud = { hostname: server.hostname, organization: "acme", workspaces: { name: "photos" } };
    writeFileSync(join(where.stack, "cdk.tf.json"), JSON.stringify({ ...localStack("first"), terraform: { cloud } }));
    await runTerraform(purpose, where, {
      TF_API_TOKEN: token,
      TFE_ADDRESS: server.address,
      NODE_EXTRA_CA_CERTS: server.certificate,
      SSL_CERT_FILE: server.certificate,
    });
    return where;
  }

  const bodyOf = (request: string) => server?.requests.find((made) => made.request === request)?.body;

  test("takes the redacted plan of a speculative run with a token that may only plan", async () => {
    const where = await runRemote("review", {});
    expect(readFileSync(where.outputs, "utf8")).toBe("planned=true\n");
    expect(JSON.parse(read(where, "plan.json"))).toEqual(PLAN);
    expect(bodyOf("POST /api/v2/workspaces/ws-1/configuration-versions")).toMatchObject({
      data: { attributes: { speculative: true } },
    });
    const requests = server?.requests ?? [];
    expect(requests.map(({ request }) => request)).not.toContain("GET /api/v2/plans/plan-1/json-output");
    // The store of files is another origin.
    expect(requests.filter(({ request }) => request === "GET /store/plan")).toMatchObject([
      { authorization: undefined },
    ]);
  });

  test("saves the plan of a remote run that is applied next", async () => {
    const where = await runRemote("deploy", {});
    expect(readFileSync(where.outputs, "utf8")).toBe("planned=true\n");
    expect(bodyOf("POST /api/v2/runs")).toMatchObject({ data: { attributes: { "save-plan": true } } });
    expect(JSON.parse(readFileSync(join(where.stack, "plan.bin"), "utf8"))).toMatchObject({ run_id: "run-1" });
  });

  test("plans on this machine where the workspace says local", async () => {
    const where = await runRemote("review", { executionMode: "local" });
    expect(readFileSync(where.outputs, "utf8")).toBe("planned=true\n");
    expect(JSON.parse(read(where, "plan.json"))).toMatchObject({ format_version: expect.any(String) });
    expect(
      server?.requests.map(({ request }) => request).filter((request) => /actions\/lock|POST/.test(request)),
    ).toEqual([]);
  });

  test.each([
    ["a token that is not known", {}, "wrong"],
    ["a run that fails", { runStatus: "errored" } as const, TOKEN],
  ])("has no plan to apply with %s", async (_, answers, token) => {
    const where = await runRemote("review", answers, token);
    expect(readFileSync(where.outputs, "utf8")).toBe("planned=false\n");
    expect(read(where, "plan.log")).toContain("Error");
  });
});
