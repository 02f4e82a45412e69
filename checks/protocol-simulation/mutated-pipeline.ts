import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "@swc/core";
import type { Mutant } from "./mutants";
import { type PipelineUnderTest, realPipeline } from "./pipeline-under-test";

/** Both run from the root of the project. */
const ROOT = process.cwd();
/** Loaded anew for each mutant; everything else is the real thing. */
const COPIED = ["lambda-src/", "operations/"];

type Exports = Record<string, unknown>;

/** A fresh copy of the code under test with the mutant's defect in one of its modules, for all that import it. */
export function mutatedPipeline(mutant: Mutant): PipelineUnderTest {
  const modules = new Map<string, Exports>();
  const load = (path: string): Exports => {
    const known = modules.get(path);
    if (known) return known;
    const exports: Exports = {};
    modules.set(path, exports);
    const requireFrom = (name: string): unknown => {
      const target = name.startsWith(".") ? join(path, "..", name) : name;
      return COPIED.some((directory) => target.startsWith(directory)) ? load(target) : requireReal(target, name);
    };
    new Function("exports", "require", compiled(path))(exports, requireFrom);
    if (path !== mutant.module) return exports;
    const mutated = { ...exports, ...mutant.mutate(exports as never, load) };
    modules.set(path, mutated);
    return mutated;
  };
  const under: Exports = {};
  for (const name of MODULES) Object.assign(under, load(name));
  const missing = Object.keys(realPipeline).filter((name) => !(name in under));
  if (missing.length > 0) throw new Error(`the modules of the copy must export ${missing.join(", ")}`);
  return under as unknown as PipelineUnderTest;
}

/** What `PipelineUnderTest` is made of. */
const MODULES = [
  "lambda-src/images/formats/rejected-image",
  "lambda-src/records/errors",
  "lambda-src/records/process-event",
  "lambda-src/records/process-upload",
  "lambda-src/records/record-failed-event",
  "operations/backfill",
  "operations/backfill-age",
  "operations/delete-image",
  "operations/image-catalogue",
  "operations/replay",
  "operations/reprocess",
  "operations/verify",
];

const real = new Map<string, Exports>();
function requireReal(target: string, name: string): unknown {
  if (!name.startsWith(".")) return require(name);
  const known = real.get(target);
  if (known) return known;
  const exports: Exports = {};
  real.set(target, exports);
  const requireFrom = (next: string): unknown =>
    requireReal(next.startsWith(".") ? join(target, "..", next) : next, next);
  new Function("exports", "require", compiled(target))(exports, requireFrom);
  return exports;
}

const code = new Map<string, string>();
function compiled(path: string): string {
  const known = code.get(path);
  if (known) return known;
  const source = readFileSync(join(ROOT, `${path}.ts`), "utf8");
  const made = transformSync(source, {
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs" },
  }).code;
  code.set(path, made);
  return made;
}
