import { spawnSync } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { planWith } from "../support/plan-with";
import { planFixture } from "../support/read-plan-fixture";
import { temporaryDirectory } from "../support/temporary-directory";
import { sampled, thoroughTest } from "../support/thorough";

const PACKAGE = join(__dirname, "..", "..");
const directory = temporaryDirectory();
const program = join(directory, "plan-review.js");
const BYTES_PER_MB = 1024 * 1024;

beforeAll(() => {
  buildSync({
    absWorkingDir: PACKAGE,
    entryPoints: ["src/plan-review.ts"],
    bundle: true,
    platform: "node",
    outfile: program,
  });
});

function planFile(name: string): string {
  const path = join(directory, `${name}.json`);
  writeFileSync(path, planFixture(name));
  return path;
}

function run(args: readonly string[], input: Buffer | string = "", nodeArgs: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArgs, program, ...args], {
    input,
    maxBuffer: 1 << 26,
  });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

describe("plan-review", () => {
  test("exits with 0 for what is safe or wants a look, and with 1 for what is blocked", () => {
    expect(run([planFile("memory")])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^SAFE: 2 to update\n/),
      stderr: "",
    });
    expect(run([planFile("action-gained")])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^REVIEW: /) });
    expect(run([planFile("recovery-off")])).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^BLOCK: /),
      stderr: "",
    });
  });

  test.each([[[]], [["-"]]])("reads the standard input with %j", (args) => {
    expect(run(args, planFixture("memory")).stdout).toMatch(/^SAFE: /);
  });

  test("reviews several plans at once", () => {
    const { status, stdout } = run(["--format", "json", planFile("memory"), "-"], planFixture("recovery-off"));
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: "BLOCK",
      plans: [{ verdict: "SAFE" }, { source: "standard input" }],
    });
  });

  test("lets through destructions that are meant, and says which did not occur", () => {
    const path = planFile("table-key-changed");
    const allow = [
      ...["--allow", "aws_dynamodb_table.metadata_table:destroy=It is empty"],
      ...["--allow", "aws_sqs_queue.other:destroy=It is empty"],
    ];
    expect(run([path]).status).toBe(1);
    expect(run([path, ...allow])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/--allow aws_sqs_queue.other:destroy allows nothing[\s\S]*Allowed: It is empty/),
    });
    expect(
      run([
        planFile("public-access-block-loosened"),
        "--allow",
        "aws_s3_bucket_public_access_block.source_bucket:destroy=It is empty",
      ]).status,
    ).toBe(1);
  });

  test("fails for what needs a look where that is asked for", () => {
    expect(run(["--fail-on", "review", planFile("action-gained")]).status).toBe(1);
    expect(run(["--fail-on", "review", planFile("memory")]).status).toBe(0);
  });

  test("lists the types that it has rules for", () => {
    expect(run(["--list-rules"])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^aws_s3_bucket\n {2}holds every object/m),
    });
    expect(JSON.parse(run(["--list-rules", "--format", "json"]).stdout)).toContainEqual(
      expect.objectContaining({ type: "aws_lambda_function", harmless: expect.arrayContaining(["source_code_hash"]) }),
    );
  });

  test("refuses a plan that is too large before it reads it", () => {
    const path = join(directory, "large.json");
    writeFileSync(path, "");
    truncateSync(path, 500_000_000);
    expect(run([path])).toEqual({
      status: 2,
      stdout: "",
      stderr: `${path} must have at most 268435456 bytes, got more\n`,
    });
  });

  test.each([1000, 3000, 100_000])("reads values %d deep, or refuses them in one sentence", (depth) => {
    const deep = `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    const plan = planWith([{ type: "aws_sqs_queue", actions: ["update"], before: { v: "DEEP" }, after: { v: 1 } }]);
    const { status, stderr } = run([], plan.toString().replace('"DEEP"', deep));
    expect([0, 2]).toContain(status);
    expect(stderr).toMatch(status === 0 ? /^$/ : /^standard input must be nested less deeply, got too many levels\n$/);
  });

  test("keeps to the size that it is given", () => {
    const { stdout } = run(["--format", "markdown", "--max-bytes", "2000", planFile("suffix-changed")]);
    expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(2000);
  });

  const refusals: readonly (readonly [string, readonly string[], string])[] = [
    ["a missing file", ["none.json"], "none.json must be a file that can be read, got ENOENT"],
    ["an unknown option", ["--colour"], "Unknown option '--colour'; --help lists the options"],
    ["an unknown format", ["--format", "html", "-"], '--format must be text, markdown or json, got "html"'],
    [
      "an allowance of the older form",
      ["--allow", "aws_s3_bucket.b", "-"],
      '--allow must be ADDRESS:KIND=REASON with a KIND of destroy, expire, public, account, unprotect, got "aws_s3_bucket.b" without a kind',
    ],
    ["an unknown level to fail on", ["--fail-on", "note", "-"], '--fail-on must be review or block, got "note"'],
    ["too small a size", ["--max-bytes", "1999", "-"], '--max-bytes must be an integer from 2000, got "1999"'],
    ["no size", ["--max-bytes", "1e9", "-"], '--max-bytes must be an integer from 2000, got "1e9"'],
    ["the standard input twice", ["-", "-"], "the standard input can be read once, got - more than once"],
    ["an empty standard input", ["-"], "standard input must be a plan as JSON, got nothing"],
  ];
  test.each(sampled(refusals, 2))("refuses %s in one sentence", (_, args, sentence) => {
    expect(run(args)).toEqual({ status: 2, stdout: "", stderr: `${sentence}\n` });
  });

  test("explains itself", () => {
    expect(run(["--help"])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("--allow ADDRESS:KIND=REASON"),
    });
  });

  thoroughTest("reviews 5,000 resources within its budget and less than 256 MB", () => {
    const changes = Array.from(
      { length: 20 },
      () => JSON.parse(planFixture("suffix-changed").toString()).resource_changes,
    ).flat();
    const many = Array.from({ length: 5000 }, (_, index) => ({
      ...changes[index % changes.length],
      address: `aws_s3_bucket.b${index}`,
    }));
    const report = join(directory, "report.cjs");
    // The kernel's own high-water mark: maxRSS also counts what this process held when it forked.
    writeFileSync(
      report,
      `process.on("exit", () => console.error(process.platform === "linux"
        ? /VmHWM:\\s+(\\d+)/.exec(require("node:fs").readFileSync("/proc/self/status", "utf8"))[1]
        : process.resourceUsage().maxRSS));`,
    );
    const plan = { ...JSON.parse(planWith([]).toString()), resource_changes: many };
    const { status, stdout, stderr } = run(["--format", "markdown"], JSON.stringify(plan), ["--require", report]);
    expect(status).toBe(1);
    expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(60_000);
    expect(Number(stderr)).toBeGreaterThan(0);
    expect((Number(stderr) * 1024) / BYTES_PER_MB).toBeLessThan(256);
  });
});
