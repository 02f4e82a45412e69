import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import type { Json } from "./output-differences";

/** Bundles `main.ts` into a directory: its `require` finds the packages in the `node_modules` there, or above. */
export function buildProgram(directory: string): string {
  const program = join(directory, "main.js");
  buildSync({
    entryPoints: ["main.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  return program;
}

/**
 * Runs the program with these settings alone and reads what it wrote. The working directory must be the project's root.
 * @throws {Error} with what the program said
 */
export function synthesizeWith(program: string, outdir: string, settings: Readonly<Record<string, string>>): Json {
  const { status, stderr, error } = spawnSync(process.execPath, [program], {
    encoding: "utf8",
    env: { ...settings, CDKTF_OUTDIR: outdir, CHECKPOINT_DISABLE: "1" },
  });
  if (status !== 0) throw new Error(`${program} must synthesize, got: ${error?.message ?? stderr.trim()}`);
  const file = join(outdir, "stacks", `image-pipeline-${settings.ENVIRONMENT_SUFFIX}`, "cdk.tf.json");
  return JSON.parse(readFileSync(file, "utf8"));
}

/** What stands in for what: only the names that the stacks import. */
const FORKED = ["cdktf", "@cdktf/provider-aws/*", "@cdktf/provider-archive/*", "constructs"] as const;

/**
 * Type-checks `main.ts` and all it imports against the packages installed in a directory.
 * @throws {Error} with the compiler's messages
 */
export function checkTypes(directory: string): void {
  const project = join(directory, "tsconfig.json");
  const configuration = {
    extends: resolve("tsconfig.json"),
    compilerOptions: {
      paths: Object.fromEntries(FORKED.map((name) => [name, [join(directory, "node_modules", name)]])),
      types: ["node"],
      typeRoots: [resolve("node_modules/@types")],
    },
    include: [resolve("main.ts")],
  };
  writeFileSync(project, JSON.stringify(configuration, null, 2));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [resolve("node_modules/typescript/bin/tsc"), "-p", project],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`types must fit CDK Terrain, got:\n${stdout}${stderr}`.trimEnd());
}
