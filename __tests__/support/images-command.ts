import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { buildSync } from "esbuild";

export interface CommandRun {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  /** Resolves when the process is gone. */
  readonly exit: Promise<{ code: number | null; out: string; err: string }>;
}

/** Builds the command line into a file and returns what runs it, with an environment of its own. */
export function buildImagesCommand(directory: string) {
  const program = join(directory, "images.js");
  buildSync({
    entryPoints: ["operations/cli/images.ts"],
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    outfile: program,
  });
  return (args: readonly string[], variables: Readonly<Record<string, string>> = {}): CommandRun => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env.PATH, NODE_PATH: join(process.cwd(), "node_modules"), ...variables },
      // The local system of the developer who runs the tests is none of theirs.
      cwd: directory,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output.out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      output.err += text;
    });
    const exit = once(child, "close").then(([code]) => ({ code: code as number | null, ...output }));
    return { child, output, exit };
  };
}
