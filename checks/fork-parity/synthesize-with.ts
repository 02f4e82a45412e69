import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
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
