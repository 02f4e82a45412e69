import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "@swc/core";
import type { Mutant } from "./mutants";
import { type PipelineUnderTest, realPipeline } from "./pipeline-under-test";

const PIPELINE_DIRECTORY = join(__dirname, "../../lambda-src/records");

type Exports = Record<string, unknown>;

/**
 * A fresh copy of the pipeline's modules with the mutant's defect in one of them; everything outside of the directory is
 * the real thing.
 * @throws {Error} when the text to replace does not occur exactly once, because the source has moved on
 */
export function mutatedPipeline(mutant: Mutant): PipelineUnderTest {
  const modules = new Map<string, Exports>();
  const load = (path: string): Exports => {
    if (!path.startsWith(`${PIPELINE_DIRECTORY}/`)) return require(path);
    const known = modules.get(path);
    if (known) return known;
    const exports: Exports = {};
    modules.set(path, exports);
    const source = readFileSync(`${path}.ts`, "utf8");
    const text = path.endsWith(`/${mutant.file.replace(/\.ts$/, "")}`) ? mutated(source, mutant) : source;
    const requireFrom = (name: string): unknown =>
      name.startsWith(".") ? load(join(PIPELINE_DIRECTORY, name)) : require(name);
    new Function("exports", "require", compile(text))(exports, requireFrom);
    return exports;
  };
  const names = ["process-event", "process-upload", "record-failed-event", "record-updates", "errors"];
  return Object.assign({ ...realPipeline }, ...names.map((name) => load(join(PIPELINE_DIRECTORY, name))));
}

function mutated(source: string, { name, file, find, replace }: Mutant): string {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`mutant "${name}" must match ${file} exactly once, got ${source.split(find).length - 1} matches`);
  return before + replace + after;
}

const compiled = new Map<string, string>();

function compile(source: string): string {
  const code =
    compiled.get(source) ??
    transformSync(source, {
      jsc: { parser: { syntax: "typescript" }, target: "es2022" },
      module: { type: "commonjs" },
    }).code;
  compiled.set(source, code);
  return code;
}
