import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { buildSync } from "esbuild";
import { writtenStack } from "../support/synthesized-output";
import { temporaryDirectory } from "../support/temporary-directory";
import { sampled, thoroughTest } from "../support/thorough";

const PACKAGE = join(__dirname, "..", "..");
const directory = temporaryDirectory();
const program = join(directory, "synth-diff.js");
const scratch = join(directory, "scratch");

beforeAll(() => {
  mkdirSync(scratch);
  buildSync({
    absWorkingDir: PACKAGE,
    entryPoints: ["src/synth-diff.ts"],
    bundle: true,
    platform: "node",
    outfile: program,
  });
});

/** Every run has to leave nothing behind. */
afterEach(() => expect(readdirSync(scratch)).toEqual([]));

const ENVIRONMENT = {
  ...process.env,
  TMPDIR: scratch,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  ...Object.fromEntries(
    ["AUTHOR", "COMMITTER"].flatMap((who) => [
      [`GIT_${who}_NAME`, "Somebody"],
      [`GIT_${who}_EMAIL`, "somebody@example.com"],
    ]),
  ),
};

function git(project: string, ...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: project, env: ENVIRONMENT, stdio: "pipe" }).toString();
}

function commit(project: string): void {
  git(project, "add", "--all");
  git(project, "commit", "--quiet", "--message", "Change");
}

function run(project: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const options = { cwd: project, env: { ...ENVIRONMENT, ...environment }, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
  return { status, stdout, stderr };
}

function write(project: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) writeFileSync(join(project, path), content);
}

/** Writes `stack.json` as its only stack, and the name that the environment gives. */
const APP = `
  const { mkdirSync, writeFileSync, readFileSync } = require("node:fs");
  const directory = process.env.CDKTF_OUTDIR + "/stacks/app";
  mkdirSync(directory, { recursive: true });
  const stack = JSON.parse(readFileSync("stack.json", "utf8"));
  const { greeting } = JSON.parse(process.env.CDKTF_CONTEXT_JSON);
  stack.output = { Told: { value: [process.env.TOLD ?? "nothing", greeting].join(" ") } };
  writeFileSync(directory + "/cdk.tf.json", JSON.stringify(stack));
`;
const LOCK_FILE = {
  name: "app",
  version: "1.0.0",
  lockfileVersion: 3,
  requires: true,
  packages: { "": { name: "app" } },
};
const stackWith = (queue: string, seconds = 60) =>
  JSON.stringify(
    writtenStack({
      [`aws_sqs_queue.${queue}`]: [`${queue}/queue`, { name: "dlq", message_retention_seconds: seconds }],
    }),
  );

function smallProject(): string {
  const project = mkdtempSync(join(directory, "project-"));
  mkdirSync(join(project, "node_modules"));
  write(project, {
    ".gitignore": "node_modules/\n",
    "app.js": APP,
    "cdktf.json": JSON.stringify({ app: "node app.js", context: { greeting: "hello" } }),
    "package.json": JSON.stringify({ name: "app", version: "1.0.0" }),
    "package-lock.json": JSON.stringify(LOCK_FILE),
    "stack.json": stackWith("one"),
  });
  git(project, "init", "--quiet");
  commit(project);
  return project;
}

async function waitUntil(condition: () => boolean, deadlineMs = 25_000): Promise<void> {
  const start = Date.now();
  while (!condition()) {
    if (Date.now() - start > deadlineMs) throw new Error(`condition must hold within ${deadlineMs} ms: ${condition}`);
    await setTimeout(20);
  }
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

describe("synth-diff", () => {
  test("compares a commit with the working tree, and leaves both as they are", () => {
    const project = smallProject();
    expect(run(project, ["HEAD"])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^NO DIFFERENCE/),
      stderr: "",
    });
    write(project, { "stack.json": stackWith("one", 90), "new.txt": "not added yet" });
    const before = git(project, "status", "--porcelain");
    const { status, stdout } = run(project, ["HEAD"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^DIFFERENCES, HEAD \([0-9a-f]{7}\) → working tree: 1 changed\n/);
    expect(stdout).toContain("message_retention_seconds: 60 → 90");
    expect(git(project, "status", "--porcelain")).toBe(before);
    expect(git(project, "worktree", "list").trim().split("\n")).toHaveLength(1);
  });

  test("compares two commits, and exits with 1 where data is at risk", () => {
    const project = smallProject();
    write(project, { "stack.json": stackWith("two") });
    commit(project);
    expect(run(project, ["HEAD~1", "HEAD"])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("aws_sqs_queue.two was aws_sqs_queue.one"),
    });
    expect(run(project, ["HEAD", "HEAD"]).status).toBe(0);
  });

  thoroughTest("hands the environment and the context of cdktf.json over", () => {
    const project = smallProject();
    write(project, { "cdktf.json": JSON.stringify({ app: "node app.js", context: { greeting: "bye" } }) });
    const { stdout } = run(project, ["HEAD", "--format", "json"], { TOLD: "something" });
    expect(JSON.parse(stdout).changes).toMatchObject([
      { differences: [{ path: ["value"], before: "something hello", after: "something bye" }] },
    ]);
  });

  thoroughTest("installs the packages of a revision with another lock file, and says so", () => {
    const project = smallProject();
    write(project, { "package-lock.json": JSON.stringify({ ...LOCK_FILE, version: "1.0.1" }) });
    const { status, stderr } = run(project, ["HEAD"]);
    expect(stderr).toMatch(
      /^HEAD \([0-9a-f]{7}\) needs packages of its own \(package-lock.json differs from the one here\)/,
    );
    expect(status).toBe(0);
  });

  thoroughTest("works below the root of a repository", () => {
    const root = mkdtempSync(join(directory, "root-"));
    const project = join(root, "deep", "app");
    mkdirSync(join(root, "deep"));
    cpSync(smallProject(), project, { recursive: true });
    rmSync(join(project, ".git"), { recursive: true });
    git(root, "init", "--quiet");
    commit(root);
    write(project, { "stack.json": stackWith("one", 90) });
    expect(run(project, ["HEAD"]).stdout).toContain("message_retention_seconds: 60 → 90");
  });
});

thoroughTest("ends what it started, and cleans up, when it is stopped", async () => {
  const project = smallProject();
  const marker = join(project, "node_modules", "started");
  const app = `require("node:fs").writeFileSync(${JSON.stringify(marker)}, String(process.pid)); setInterval(() => {}, 1000);`;
  write(project, { "app.js": app });
  const child = spawn(process.execPath, [program, "HEAD"], { cwd: project, env: ENVIRONMENT, stdio: "ignore" });
  await waitUntil(() => existsSync(marker) && readFileSync(marker, "utf8") !== "");
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  expect(code).toBe(128 + 15);
  const isGone = () => {
    try {
      process.kill(Number(readFileSync(marker, "utf8")), 0);
      return false;
    } catch {
      return true;
    }
  };
  await waitUntil(isGone);
});

describe("unusable input", () => {
  const shared = lazily(smallProject);

  const badArguments: readonly (readonly [readonly string[], string])[] = [
    [[], "BASE must be a revision of git such as main, got none\n"],
    [["HEAD", "HEAD", "more"], 'BASE and HEAD must be all, got "more" after them\n'],
    [["nowhere"], 'a revision must be known to git, got "nowhere"\n'],
    [["HEAD", "--format", "yaml"], '--format must be text, markdown or json, got "yaml"\n'],
    [["--hard", "HEAD"], "Unknown option '--hard'; --help lists the options\n"],
    [["--", "--output=x"], 'a revision must be known to git, got "--output=x"\n'],
  ];
  test.each(sampled(badArguments, 1))("%j is told in one sentence", (args, stderr) => {
    expect(run(shared(), args)).toEqual({ status: 2, stdout: "", stderr });
  });

  test("is a project outside git", () => {
    const project = mkdtempSync(join(directory, "plain-"));
    const environment = { GIT_CEILING_DIRECTORIES: directory };
    expect(run(project, ["HEAD"], environment)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^git rev-parse must/),
    });
  });

  test("is an app that fails, with what it said", () => {
    const project = smallProject();
    write(project, { "app.js": 'process.stderr.write("no such thing\\n"); process.exitCode = 3;' });
    expect(run(project, ["HEAD"])).toEqual({
      status: 2,
      stdout: "",
      stderr: "working tree must synthesize, got exit code 3: no such thing\n",
    });
  });

  const badRevisions = [
    ["cdktf.json", "{}", "cdktf.json of working tree must name an app to run, got none\n"],
    ["cdktf.json", "{", "cdktf.json of working tree must name an app to run, got none\n"],
    ["app.js", "", "the app of working tree must write stacks/*/cdk.tf.json, got none\n"],
  ] as const;
  test.each(sampled(badRevisions, 1))("is %s with %j", (path, content, stderr) => {
    const project = smallProject();
    write(project, { [path]: content });
    expect(run(project, ["HEAD"])).toEqual({ status: 2, stdout: "", stderr });
  });
});

test("--help explains itself", () => {
  expect(run(directory, ["--help"])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("synth-diff -- BASE [HEAD]"),
  });
});

test("two outputs are compared as they lie there, and no code runs", () => {
  const bucket = { resource: { aws_s3_bucket: { photos: { bucket: "photos" } } } };
  const outputWith = (name: string, stack: object) => {
    const output = join(directory, name);
    mkdirSync(join(output, "stacks/app"), { recursive: true });
    writeFileSync(join(output, "stacks/app/cdk.tf.json"), JSON.stringify(stack));
    return output;
  };
  const [before, after] = [outputWith("before", bucket), outputWith("after", { resource: {} })];
  expect(run(directory, ["--outputs", before, before])).toMatchObject({ status: 0, stderr: "" });
  expect(run(directory, ["--outputs", before, after])).toMatchObject({
    status: 1,
    stdout: expect.stringContaining("DATA AT RISK"),
  });
  expect(run(directory, ["--outputs", before])).toMatchObject({
    status: 2,
    stderr: "HEAD must be an output directory with --outputs, got none\n",
  });
});
