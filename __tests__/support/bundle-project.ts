import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import type { BundleTarget } from "../../bundling/stage-lambda-bundles";
import { listedFiles } from "./listed-files";

const STAGER = resolve("dist/test/bundle-stager.js");
const SHARED_FILES = ["bundling", "package-lock.json"];

/** The stager as a program, because it works in its working directory. */
export function buildStager(): void {
  buildSync({
    stdin: {
      contents: `
        const { stageLambdaBundles, stageLocalBundles } = require("./bundling/stage-lambda-bundles");
        process.umask(Number(process.argv[3]));
        const target = JSON.parse(process.argv[2]);
        try {
          if (target === "local") stageLocalBundles();
          else stageLambdaBundles(target);
        } catch (error) { console.error(error.message); process.exitCode = 1; }`,
      resolveDir: process.cwd(),
    },
    outfile: STAGER,
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
  });
}

/** A copy of the project that shares the installed packages with this one. */
export class BundleProject {
  constructor(readonly root: string) {
    mkdirSync(root, { recursive: true });
    for (const path of SHARED_FILES) cpSync(path, join(root, path), { recursive: true });
    symlinkSync(resolve("node_modules"), join(root, "node_modules"), "dir");
  }

  withRealSources(): this {
    for (const folder of ["lambda-src", "contract"]) cpSync(folder, join(this.root, folder), { recursive: true });
    return this;
  }

  /** Functions of one line, bundled in no time. */
  withSmallSources(): this {
    this.write("contract/names.ts", "export const names = [];\n");
    this.write("lambda-src/image-processor.ts", "export const handler = (): number => 1;\n");
    this.write("lambda-src/failure-recorder.ts", "export const handler = (): number => 2;\n");
    return this;
  }

  write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  /** Rewrites one package of the lock file. */
  lock(path: string, entry: { readonly version?: string; readonly integrity?: string } | undefined): void {
    const lockFile = JSON.parse(this.read("package-lock.json"));
    lockFile.packages[path] = entry && { ...lockFile.packages[path], ...entry };
    this.write("package-lock.json", JSON.stringify(lockFile));
  }

  /** @throws what the stager wrote to its standard error */
  async stage(
    target: BundleTarget | "local",
    options: { readonly umask?: number; readonly path?: string } = {},
  ): Promise<void> {
    const { umask = 0o022, path = process.env.PATH } = options;
    const environment = { ...process.env, PATH: path };
    try {
      await promisify(execFile)(process.execPath, [STAGER, JSON.stringify(target), String(umask)], {
        cwd: this.root,
        env: environment,
      });
    } catch (error) {
      throw new Error((error as { stderr?: string }).stderr?.trim() || String(error));
    }
  }

  /** When each staged bundle was put in its place, to see whether it was put there again. */
  stagedAt(bundle: string): number {
    return statSync(join(this.root, `${bundle}.staged.json`)).mtimeMs;
  }

  files(directory: string): readonly string[] {
    return listedFiles(join(this.root, directory));
  }
}
