import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { build } from "esbuild";
import { sampled, thoroughTest } from "./support/thorough";

/** The program as `cdktf.json` runs it, with given bundles in the place of staged ones, which depend on the machine. */
const PROGRAM_DIRECTORY = join("dist", `main-test-${process.pid}`);
const PROGRAM = resolve(PROGRAM_DIRECTORY, "main.js");
const NO_LOCK = /^There is no \.terraform\.lock\.hcl: .* `npm run lock-providers` writes it; commit it\.\n$/;

let root: string;
let bundles: { imageProcessor: string; failureRecorder: string };

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "main-"));
  bundles = { imageProcessor: bundle("processor"), failureRecorder: bundle("recorder") };
  await build({
    entryPoints: ["main.ts"],
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    outfile: PROGRAM,
    logLevel: "warning",
    plugins: [
      {
        name: "given-bundles",
        setup: ({ onLoad }) =>
          onLoad({ filter: /stage-lambda-bundles\.ts$/ }, () => ({
            contents: "export const stageLambdaBundles = () => JSON.parse(process.env.GIVEN_BUNDLES);",
          })),
      },
    ],
  });
});

afterAll(() => {
  rmSync(PROGRAM_DIRECTORY, { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
});

function bundle(name: string): string {
  const path = join(root, name);
  mkdirSync(path);
  writeFileSync(join(path, "index.js"), `exports.handler = async () => "${name}";\n`);
  return path;
}

/** A directory with a lock as Terraform writes it, of made-up checksums. */
function projectWithLock(name: string, versions: Readonly<Record<string, string>>): string {
  const providers = Object.entries(versions).map(
    ([provider, version]) => `provider "registry.terraform.io/hashicorp/${provider}" {
  version     = "${version}"
  constraints = "${version}"
  hashes = [
    "h1:${"A".repeat(43)}=",
  ]
}
`,
  );
  const directory = join(root, name);
  mkdirSync(directory);
  writeFileSync(join(directory, ".terraform.lock.hcl"), `# Maintained by "terraform init".\n\n${providers.join("\n")}`);
  return directory;
}

/** In a directory of its own, so that a lock file of the project says nothing. */
function run(outdir: string, environment: Readonly<Record<string, string>> = {}, cwd = root): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [PROGRAM], {
    cwd,
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      CDKTF_OUTDIR: join(root, outdir),
      GIVEN_BUNDLES: JSON.stringify(bundles),
      ...environment,
    },
  });
}

/** Paths of the files below the output directory; CDKTF makes the directory itself before it knows what to write. */
function filesIn(outdir: string): string[] {
  const path = join(root, outdir);
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)));
}

describe("main", () => {
  test("writes the stack of the environment and its bundles", () => {
    expect(run("good", { ENVIRONMENT_SUFFIX: "qa" })).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(NO_LOCK),
      stderr: "",
    });
    const written = filesIn("good");
    expect(written).toContain(join("stacks", "image-pipeline-qa", "cdk.tf.json"));
    expect(written.filter((path) => path.endsWith("index.js"))).toHaveLength(2);
  });

  test("writes the same bytes again", () => {
    run("first");
    run("second");
    const text = (outdir: string) => readFileSync(join(root, outdir, "stacks/image-pipeline-dev/cdk.tf.json"), "utf8");
    expect(text("first")).toBe(text("second"));
    expect(text("first")).not.toContain(root);
    expect(text("first")).not.toContain(process.cwd());
  });

  test("puts the committed lock of the providers beside the output", () => {
    const project = projectWithLock("locked", { aws: "6.66.0", archive: "2.7.1" });
    expect(run("locked-out", {}, project)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    const [committed, copied] = [project, join(root, "locked-out/stacks/image-pipeline-dev")].map((directory) =>
      readFileSync(join(directory, ".terraform.lock.hcl"), "utf8"),
    );
    expect(copied).toBe(committed);
  });

  test.each([
    ["another version", { aws: "6.25.0", archive: "2.7.1" }, "aws 6.66.0, got 6.25.0"],
    ["no version of one provider", { aws: "6.66.0" }, "archive 2.7.1, got nothing"],
  ])("tells a lock with %s, and writes nothing", (what, versions, fault) => {
    const project = projectWithLock(what.replaceAll(" ", "-"), versions);
    expect(run("outdated-out", {}, project)).toMatchObject({
      status: 1,
      stdout: "",
      stderr: `.terraform.lock.hcl must lock ${fault}. \`npm run lock-providers\` writes it anew\n`,
    });
    expect(filesIn("outdated-out")).toEqual([]);
  });

  thoroughTest("takes the suffix from the context that CDKTF hands over", () => {
    run("context", { CDKTF_CONTEXT_JSON: JSON.stringify({ environmentSuffix: "ctx" }) });
    expect(filesIn("context")).toContain(join("stacks", "image-pipeline-ctx", "cdk.tf.json"));
  });

  test("tells every bad setting in a line of its own, and writes nothing", () => {
    const result = run("bad-settings", { ENVIRONMENT_SUFFIX: "Prod", LAMBDA_MEMORY_MB: "", LOG_LEVL: "INFO" });
    expect(result).toMatchObject({
      status: 1,
      stdout: "",
      stderr: [
        'ENVIRONMENT_SUFFIX must be 1 to 20 of a-z 0-9 -, starting and ending with a letter or digit, got "Prod"',
        'LAMBDA_MEMORY_MB must not be empty, got ""',
        'LOG_LEVL must be spelt LOG_LEVEL, got "INFO"',
        "",
      ].join("\n"),
    });
    expect(existsSync(join(root, "bad-settings"))).toBe(false);
  });

  test.each(sampled(["[]", "{", "null"], 1))("tells that the context is %s, and writes nothing", (text) => {
    expect(run("bad-context", { CDKTF_CONTEXT_JSON: text })).toMatchObject({
      status: 1,
      stderr: `CDKTF_CONTEXT_JSON must be a JSON object, got "${text}"\n`,
    });
    expect(existsSync(join(root, "bad-context"))).toBe(false);
  });

  thoroughTest("tells a missing bundle in one sentence, and writes nothing", () => {
    const missing = join(root, "missing");
    const result = run("no-bundle", { GIVEN_BUNDLES: JSON.stringify({ ...bundles, imageProcessor: missing }) });
    expect(result).toMatchObject({
      status: 1,
      stderr: `bundle ${missing} must hold index.js, got no such directory\n`,
    });
    expect(filesIn("no-bundle")).toEqual([]);
  });

  test("tells a bundle for another architecture in one sentence, and writes nothing", () => {
    const foreign = bundle("foreign");
    writeFileSync(join(foreign, "sharp.node"), "not for Linux at all");
    const result = run("foreign-bundle", { GIVEN_BUNDLES: JSON.stringify({ ...bundles, imageProcessor: foreign }) });
    expect(result).toMatchObject({
      status: 1,
      stderr: `bundle ${foreign} must match LAMBDA_ARCHITECTURE x86_64, got sharp.node for another system\n`,
    });
    expect(filesIn("foreign-bundle")).toEqual([]);
  });
});
