import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
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
      stdout: expect.stringMatching(/^SAFE: 1 to update\n/),
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
    const allow = ["--allow", "aws_dynamodb_table.metadata_table", "--allow", "aws_sqs_queue.other"];
    expect(run([path]).status).toBe(1);
    expect(run([path, ...allow])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("--allow aws_sqs_queue.other: no plan destroys it"),
    });
    expect(
      run([planFile("public-access-block-loosened"), "--allow", "aws_s3_bucket_public_access_block.source_bucket"])
        .status,
    ).toBe(1);
  });

  test("keeps to the size that it is given", () => {
    const { stdout } = run(["--format", "markdown", "--max-bytes", "2000", planFile("suffix-changed")]);
    expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(2000);
  });

  const refusals: readonly (readonly [string, readonly string[], string])[] = [
    ["a missing file", ["none.json"], "none.json must be a file that can be read, got ENOENT"],
    ["an unknown option", ["--colour"], "Unknown option '--colour'; --help lists the options"],
    ["an unknown format", ["--format", "html", "-"], '--format must be text, markdown or json, got "html"'],
    ["too small a size", ["--max-bytes", "1999", "-"], '--max-bytes must be an integer from 2000, got "1999"'],
    ["no size", ["--max-bytes", "1e9", "-"], '--max-bytes must be an integer from 2000, got "1e9"'],
    ["the standard input twice", ["-", "-"], "the standard input can be read once, got - more than once"],
    ["an empty standard input", ["-"], "standard input must be a plan as JSON, got nothing"],
  ];
  test.each(sampled(refusals, 2))("refuses %s in one sentence", (_, args, sentence) => {
    expect(run(args)).toEqual({ status: 2, stdout: "", stderr: `${sentence}\n` });
  });

  test("explains itself", () => {
    expect(run(["--help"])).toMatchObject({ status: 0, stdout: expect.stringContaining("--allow ADDRESS") });
  });

  thoroughTest("reviews 5,000 resources within its budget and less than 200 MB", () => {
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
    expect((Number(stderr) * 1024) / BYTES_PER_MB).toBeLessThan(200);
  });
});
