// Runs a TypeScript program of this project: node bundling/run.mjs ENTRY[,ENTRY...] [ARGUMENT...]
// Bundles the entries into dist/programs/ when a source is newer, then runs the first one in this process, so that signals,
// standard input and the exit code are the program's own.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [entries = "", ...programArguments] = process.argv.slice(2);
const entryPoints = entries.split(",");
const outputs = entryPoints.map((entry) => `dist/programs/${entry.replace(/\.ts$/, ".js")}`);
const record = `${outputs[0]}.inputs.json`;

/** A bundle is current while the times of all its sources are those it was made from. */
const stamp = (paths) => Object.fromEntries(paths.map((path) => [path, existsSync(path) ? statSync(path).mtimeMs : 0]));
const isCurrent = () => {
  if (![record, ...outputs].every(existsSync)) return false;
  const inputs = JSON.parse(readFileSync(record, "utf8"));
  return JSON.stringify(stamp(Object.keys(inputs))) === JSON.stringify(inputs);
};

if (!isCurrent()) {
  const { buildSync } = await import("esbuild");
  const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  // thumbhash is an ES module only, which Node 20 cannot require: it goes into the bundle.
  const external = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => name !== "thumbhash");
  const options = { bundle: true, platform: "node", target: "node20", external, logLevel: "warning" };
  const { metafile } = buildSync({ ...options, entryPoints, outdir: "dist/programs", outbase: ".", metafile: true });
  writeFileSync(record, JSON.stringify(stamp([...Object.keys(metafile.inputs), "package.json"])));
}
process.argv.splice(1, Number.POSITIVE_INFINITY, resolve(outputs[0]), ...programArguments);
await import(pathToFileURL(resolve(outputs[0])).href);
