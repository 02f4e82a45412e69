import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../contract/error-codes";
import { DEFAULT_SETTINGS } from "../contract/read-settings";
import { measuringCommand, readRounds } from "./measuring-options";
import { pinnedCommand } from "./pinned-core";
import { median } from "./report/statistics";
import { formatTable } from "./report/table";
import { EMPTY_PART, type StartPart, startParts } from "./start/start-parts";

/** A Node to start functions with. */
interface Runtime {
  readonly name: string;
  readonly program: string;
}

/** The ones that Lambda offers, from npm's packages of Node, and the one that runs this. */
function runtimes(): { readonly found: readonly Runtime[]; readonly missing: readonly string[] } {
  const wanted = [24, 22].map((major) => {
    const directory = join("bench/node_modules", `node-${major}-${process.platform}-${process.arch}`);
    return { name: `Node ${major}`, program: join(process.cwd(), directory, "bin/node") };
  });
  const here = { name: `Node ${process.version.slice(1)} (here)`, program: process.execPath };
  return {
    found: [...wanted.filter(({ program }) => existsSync(program)).map(withVersion), here],
    missing: wanted.filter(({ program }) => !existsSync(program)).map(({ name }) => name),
  };
}

function withVersion({ program }: Runtime): Runtime {
  const version = execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
  return { name: `Node ${version.slice(1)}`, program };
}

/** How much CPU time the functions take before their first event, above an empty Node process, and which library takes it. */

interface Start {
  readonly cpuMs: number;
  readonly wallMs: number;
}

interface PartResult {
  readonly runtime: string;
  readonly part: string;
  /** Above the empty process of the same round; of the empty process itself, all of it. */
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** What the functions require, and nothing else: no credentials, no caches. */
const ENVIRONMENT = {
  ...DEFAULT_SETTINGS.processing,
  SOURCE_BUCKET: "source",
  PROCESSED_BUCKET: "processed",
  METADATA_TABLE: "table",
  AWS_REGION: "us-east-1",
  AWS_LAMBDA_FUNCTION_NAME: "bench",
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  POWERTOOLS_DEV: "false",
};

function start({ program }: Runtime, { file }: StartPart, pinned: readonly string[]): Start {
  const [command = "", ...rest] = [...pinned, program, "bench/workers/start-probe.cjs", file];
  return JSON.parse(
    execFileSync(command, rest, { env: ENVIRONMENT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  ) as Start;
}

function measure(
  runtime: Runtime,
  parts: readonly StartPart[],
  rounds: number,
  pinned: readonly string[],
): readonly PartResult[] {
  const starts = new Map<string, Start[]>(parts.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const part of parts) starts.get(part.name)?.push(start(runtime, part, pinned));
  const empty = starts.get(EMPTY_PART) ?? [];
  return parts.map(({ name }) => {
    const own = starts.get(name) ?? [];
    const above = (of: keyof Start): number =>
      median(own.map((value, round) => value[of] - (name === EMPTY_PART ? 0 : (empty[round]?.[of] ?? 0))));
    return { runtime: runtime.name, part: name, cpuMs: above("cpuMs"), wallMs: above("wallMs") };
  });
}

function main(): void {
  const { rounds, core, json } = measuringCommand(
    "npm run bench:start",
    "Measures the CPU time before the functions' first event, above an empty Node process, with the share of each library, on " +
      "this Node and those of npm ci --prefix bench.",
  )
    .option("--rounds <n>", "odd, at least 3", readRounds, 11)
    .parse()
    .opts();
  const pinned = pinnedCommand(core);
  const { found, missing } = runtimes();
  for (const name of missing) process.stderr.write(`missing: ${name} (npm ci --prefix bench)\n`);
  const parts = startParts();
  const results = found.flatMap((runtime) => {
    process.stderr.write(`${runtime.name}\n`);
    return measure(runtime, parts, rounds, pinned);
  });
  const rows = parts.map(({ name }) => [
    name,
    ...found.map((runtime) => {
      const result = results.find((candidate) => candidate.part === name && candidate.runtime === runtime.name);
      return `${name === EMPTY_PART ? "" : "+"}${result?.cpuMs.toFixed(0)}`;
    }),
  ]);
  process.stdout.write(`${formatTable(["CPU ms before the first event", ...found.map(({ name }) => name)], rows)}\n`);
  if (json) writeFileSync(json, `${JSON.stringify({ pinned: pinned.length > 0, results }, null, 1)}\n`);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
