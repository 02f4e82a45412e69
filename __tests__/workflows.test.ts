import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const WORKFLOWS = ".github/workflows";
const FILES = [
  ...readdirSync(WORKFLOWS).map((name) => join(WORKFLOWS, name)),
  ".github/actions/review-stack/action.yml",
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
    expect(scripts(text).filter((script) => script.includes("${{"))).toEqual([]);
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

test("the job that may write comments checks nothing out and installs nothing", () => {
  const plan = readFileSync(join(WORKFLOWS, "plan.yml"), "utf8");
  const [, job = ""] = /^ {2}comment:\n((?:(?: {3,}.*)?\n)+)/m.exec(plan) ?? [];
  expect(job).toContain("pull-requests: write");
  expect(job).not.toMatch(/checkout|npm|\.\/\.github/);
  expect(plan.match(/: write/g)).toHaveLength(2);
});
