import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";

const PROGRAM_DIRECTORY = join("dist", `lock-providers-test-${process.pid}`);
const PROGRAM = resolve(PROGRAM_DIRECTORY, "lock-providers.js");

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "lock-providers-test-"));
  mkdirSync(join(root, "tmp"));
  buildSync({
    entryPoints: ["stacks/lock-providers.ts"],
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    outfile: PROGRAM,
    logLevel: "warning",
  });
});

afterAll(() => {
  rmSync(PROGRAM_DIRECTORY, { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
});

/** Runs the program in a project of its own, with a shell script in the place of terraform. */
function lockProviders(name: string, script: string, environment: Readonly<Record<string, string>> = {}) {
  const project = join(root, name);
  mkdirSync(join(project, "bin"), { recursive: true });
  const terraform = join(project, "bin", "terraform");
  writeFileSync(terraform, `#!/bin/sh\n${script}\n`);
  chmodSync(terraform, 0o755);
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM], {
    cwd: project,
    encoding: "utf8",
    env: { PATH: `${join(project, "bin")}:${process.env.PATH}`, TMPDIR: join(root, "tmp"), ...environment },
  });
  const lock = join(project, ".terraform.lock.hcl");
  return { project, status, stdout, stderr, lock: existsSync(lock) ? readFileSync(lock, "utf8") : undefined };
}

describe("npm run lock-providers", () => {
  test("has terraform lock the stack's providers for Linux and macOS on both architectures", () => {
    const { project, ...result } = lockProviders(
      "good",
      `printf '%s\\n' "$*" >"${join(root, "arguments")}"
cp cdk.tf.json "${join(root, "asked.json")}"
echo made up >.terraform.lock.hcl`,
    );
    expect(result).toEqual({
      status: 0,
      stdout: "Wrote .terraform.lock.hcl: commit it.\n",
      stderr: "",
      lock: "made up\n",
    });
    expect(readFileSync(join(root, "arguments"), "utf8")).toBe(
      "providers lock -platform=linux_amd64 -platform=linux_arm64 -platform=darwin_amd64 -platform=darwin_arm64\n",
    );
    expect(JSON.parse(readFileSync(join(root, "asked.json"), "utf8")).terraform.required_providers).toEqual({
      archive: { source: "hashicorp/archive", version: "2.7.1" },
      aws: { source: "aws", version: "6.66.0" },
    });
    expect(readdirSync(project).sort()).toEqual([".terraform.lock.hcl", "bin"]);
  });

  test("ends with 1 and writes no lock where terraform fails", () => {
    const script = "echo no registry >&2; exit 3";
    expect(lockProviders("failing", script)).toMatchObject({
      status: 1,
      stderr: "no registry\nterraform providers lock must succeed, got exit code 3\n",
      lock: undefined,
    });
  });

  test("tells a terraform that is not there", () => {
    expect(lockProviders("missing", "", { TERRAFORM_BINARY_NAME: "no-such-terraform" })).toMatchObject({
      status: 1,
      stderr: "no-such-terraform providers lock must succeed, got spawnSync no-such-terraform ENOENT\n",
    });
  });

  test("leaves nothing in the temporary directory", () => {
    expect(readdirSync(join(root, "tmp"))).toEqual([]);
  });
});
