import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { LockedPackages } from "./locked-packages";

interface FunctionBundle {
  /** The entry file; what it exports as `handler` is what Lambda calls. */
  readonly entry: string;
  readonly runtime: string;
  readonly directory: string;
}

/**
 * Writes `index.js` and the licences of what went into it.
 * @throws {Error} when a bundled package differs from the lock file
 */
export function bundleFunction(bundle: FunctionBundle): void {
  const { inputs } = buildFunction(bundle);
  writeFileSync(join(bundle.directory, "THIRD-PARTY-LICENSES.txt"), licenceTexts(bundledPackages(Object.keys(inputs))));
}

/** Writes `index.js` alone. */
export function buildFunction({ entry, runtime, directory }: FunctionBundle): Metafile {
  // Loaded late: a synth that finds its bundles up to date does not pay for it.
  const { buildSync } = require("esbuild") as typeof import("esbuild");
  return buildSync({
    entryPoints: [entry],
    outfile: join(directory, "index.js"),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: runtime.replace(/^nodejs(\d+)\.x$/, "node$1"),
    minify: true,
    // The SDK's ES modules can be tree-shaken, its CommonJS cannot: 610 KB instead of 857 KB.
    mainFields: ["module", "main"],
    alias: { "@aws-sdk/credential-provider-node": "./lambda-src/aws/environment-credentials.ts" },
    // Packages lie where the lock file says, also where node_modules is a link to another checkout's.
    preserveSymlinks: true,
    // Native: copied beside the bundle. Only these; `@img/colour` is plain JavaScript that belongs inside.
    external: ["@img/sharp-*"],
    // sharp's ES module asks for its own URL, which CommonJS does not have.
    define: { "import.meta.url": "importMetaUrl" },
    banner: { js: 'const importMetaUrl=require("url").pathToFileURL(__filename).href;' },
    legalComments: "none",
    metafile: true,
    logLevel: "error",
  }).metafile;
}

/** `node_modules/a`, `node_modules/b/node_modules/c`: where the bundled files' packages lie, sorted. */
function bundledPackages(files: readonly string[]): readonly string[] {
  const paths = files.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(paths)].sort();
}

function licenceTexts(paths: readonly string[]): string {
  const packages = new LockedPackages();
  const texts = paths.map((path) => {
    const { version } = packages.verifyInstalled(path);
    const { name, license, repository } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    const file = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry) && existsSync(join(path, entry)));
    const text = file
      ? readFileSync(join(path, file), "utf8").replaceAll("\r\n", "\n").trim()
      : `The package holds no licence text. Its source: ${repository?.url ?? repository ?? "not named"}`;
    return { heading: `${name} ${version} (${license})`, text };
  });
  // Most packages share one text: it is printed once, under all their names.
  const headings = groupByText(texts);
  return [...headings].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`).join(`\n${"-".repeat(80)}\n\n`);
}

function groupByText(texts: readonly { heading: string; text: string }[]): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { heading, text } of texts) groups.set(text, [...(groups.get(text) ?? []), heading]);
  return groups;
}
