import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, relative, resolve } from "node:path";
import { buildSync } from "esbuild";
import { listedFiles } from "../support/listed-files";
import { temporaryDirectory } from "../support/temporary-directory";
import { thoroughTest } from "../support/thorough";

const ROOT = join(__dirname, "..", "..");
const PACKAGE = join(ROOT, "packages", "terraform-review");
const directory = temporaryDirectory();

interface Import {
  readonly file: string;
  readonly module: string;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(PACKAGE, file), "utf8");
  return [...text.matchAll(/^(?:(?:import .+|\} )from|import) "([^"]+)";$/gm)].map(([, module = ""]) => ({
    file,
    module,
  }));
}

/** Whether a module lies in the package, or in a package that its manifest names. */
function isOwn({ file, module }: Import, declared: readonly string[]): boolean {
  if (isBuiltin(module)) return true;
  if (!module.startsWith(".")) return declared.includes(module);
  return !relative(PACKAGE, resolve(PACKAGE, file, "..", module)).startsWith("..");
}

test("the review package imports nothing outside itself but what its manifest declares", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));
  const files = listedFiles(PACKAGE).filter((path) => /^(?:src|test)\/.*\.ts$/.test(path));
  const imports = files.flatMap(importsOf);
  expect(imports.length).toBeGreaterThan(100);
  expect(imports.filter((found) => !isOwn(found, Object.keys(devDependencies)))).toEqual([]);
});

thoroughTest(
  "the packed review package runs in an empty project, without anything else",
  () => {
    const project = mkdtempSync(join(directory, "empty-"));
    const environment = { ...process.env, npm_config_cache: join(directory, "npm-cache") };
    const npm = (cwd: string, ...args: readonly string[]) =>
      execFileSync("npm", args, { cwd, env: environment, stdio: "pipe" }).toString();
    const [packed] = JSON.parse(npm(PACKAGE, "pack", "--json", "--pack-destination", project));
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true }));
    npm(project, "install", "--offline", "--no-audit", "--no-fund", `./${packed.filename}`);
    const plan = JSON.stringify({ format_version: "1.2", resource_changes: [] });
    const review = spawnSync("npx", ["plan-review"], { cwd: project, env: environment, input: plan });
    expect(review.stdout.toString()).toMatch(/^SAFE: /);
    expect(npm(project, "exec", "synth-diff", "--", "--help")).toContain("BASE [HEAD]");
  },
  60_000,
);

describe("synth-diff of this project", () => {
  const SOURCES = [
    "main.ts",
    "stacks",
    "lambda-src",
    "contract",
    "bundling",
    "cdktf.json",
    "package.json",
    "package-lock.json",
  ];
  const ENVIRONMENT = {
    ...process.env,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    ...Object.fromEntries(
      ["AUTHOR", "COMMITTER"].flatMap((who) => [
        [`GIT_${who}_NAME`, "Somebody"],
        [`GIT_${who}_EMAIL`, "somebody@example.com"],
      ]),
    ),
  };
  const git = (project: string, ...args: readonly string[]) =>
    execFileSync("git", args, { cwd: project, env: ENVIRONMENT, stdio: "pipe" });
  const commit = (project: string) => {
    git(project, "add", "--all");
    git(project, "commit", "--quiet", "--message", "Change");
  };

  thoroughTest(
    "shows what two commits do: a construct with another id, other code, another setting",
    () => {
      const program = join(directory, "synth-diff.js");
      const entryPoints = [join(PACKAGE, "src", "synth-diff.ts")];
      buildSync({ entryPoints, bundle: true, platform: "node", outfile: program });
      const project = mkdtempSync(join(directory, "pipeline-"));
      for (const path of SOURCES) cpSync(join(ROOT, path), join(project, path), { recursive: true });
      symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"));
      writeFileSync(join(project, ".gitignore"), "node_modules\n");
      git(project, "init", "--quiet");
      commit(project);
      edit(project, "stacks/image-pipeline-stack.ts", '"source-bucket"', '"originals-bucket"');
      edit(
        project,
        "stacks/constructs/queues.ts",
        "messageRetentionSeconds: ",
        "delaySeconds: 7, messageRetentionSeconds: ",
      );
      appendFileSync(join(project, "lambda-src/failure-recorder.ts"), "\nexport const touched = true;\n");
      commit(project);

      const options = { cwd: project, env: ENVIRONMENT, encoding: "utf8" } as const;
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, "HEAD~1", "HEAD"], options);
      expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
      expect(stdout).toContain(
        "!   aws_s3_bucket.originals_bucket was aws_s3_bucket.source_bucket\n      at risk: every object\n",
      );
      expect(stdout).toContain('originals-bucket/bucket: resource.moveFromId("aws_s3_bucket.source_bucket")');
      expect(stdout).toContain(
        "  dead-letter-queue\n    aws_sqs_queue.dead_letter_queue\n      delay_seconds: nothing → 7\n",
      );
      expect(stdout).toContain("data.archive_file.failure_recorder_package packs other code");
      expect(stdout).not.toContain("image_processor_package packs other code");
      expect(stdout).not.toMatch(/^(?:Removed|Added)$/m);
    },
    60_000,
  );
});

function edit(project: string, path: string, from: string, to: string): void {
  const text = readFileSync(join(project, path), "utf8");
  if (!text.includes(from)) throw new Error(`${path} must contain ${from}`);
  writeFileSync(join(project, path), text.replace(from, to));
}
