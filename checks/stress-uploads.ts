import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { stageLocalBundles } from "../bundling/stage-lambda-bundles";
import { runUploadStress, type StressReport } from "./faults/stress-run";

/**
 * Uploads many images to a local system of its own while deliveries are repeated, requests fail and sandboxes are killed;
 * then counts what is there. Exit 1 when anything was lost, doubled or left unfinished.
 */

const HELP = `npm run stress:uploads -- [--uploads 10000] [--concurrency 10] [--duplicates 0.05] [--faults 0.05] [--kills 0.01]
                          [--seed 1] [--json]

Uploads small images to a local system of its own, delivers a share of the events twice, breaks a share of the requests
and kills a share of the invocations, waits until all is quiet, and counts: nothing lost, stuck or doubled. Shares are from 0 to 1.
Exit 1 with the ids of every violation.`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      uploads: { type: "string", default: "10000" },
      concurrency: { type: "string", default: "10" },
      duplicates: { type: "string", default: "0.05" },
      faults: { type: "string", default: "0.05" },
      kills: { type: "string", default: "0.01" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    help: values.help,
    uploads: parse("uploads", values.uploads, /^[1-9]\d{0,6}$/, "an integer from 1 to 9999999"),
    concurrency: parse("concurrency", values.concurrency, /^[1-9]\d?$/, "an integer from 1 to 99"),
    duplicates: parse("duplicates", values.duplicates, SHARE, "a share from 0 to 1"),
    faults: parse("faults", values.faults, SHARE, "a share from 0 to 1"),
    kills: parse("kills", values.kills, SHARE, "a share from 0 to 1"),
    seed: parse("seed", values.seed, /^\d{1,9}$/, "a whole number"),
    json: values.json,
  };
}

const SHARE = /^(0(\.\d+)?|1(\.0+)?)$/;

function parse(name: string, text: string, shape: RegExp, expectation: string): number {
  if (!shape.test(text)) throw new Error(`--${name} must be ${expectation}, got ${JSON.stringify(text)}`);
  return Number(text);
}

type Lists = Readonly<Record<string, readonly string[]>>;

function describe(report: StressReport): string {
  const { uploads, seconds, uploadsPerSecond, deliveries, invocations, deadLetters } = report;
  const counts = (record: Readonly<Record<string, number>>): string =>
    Object.entries(record)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ") || "none";
  const verdict = (violations: Lists): string =>
    Object.entries(violations)
      .map(([name, ids]) => `  ${name}: ${ids.length}${ids.length > 0 ? ` (${ids.slice(0, 20).join(", ")})` : ""}`)
      .join("\n");
  return [
    `${uploads} uploads in ${seconds} s, ${uploadsPerSecond} a second; ${deliveries} deliveries, ${invocations} invocations`,
    `incidents: ${counts(report.incidents)}`,
    `records: ${counts(report.records)}; dead letters: ${deadLetters}`,
    verdict({ ...report.violations }),
    "after the dead letters were replayed without faults:",
    verdict({ ...report.violationsAfterReplay }),
    ...report.troubles,
  ].join("\n");
}

function holds({ violations, violationsAfterReplay, troubles }: StressReport): boolean {
  const lists: readonly (readonly string[])[] = [
    ...Object.values(violations),
    ...Object.values(violationsAfterReplay),
    troubles,
  ];
  return lists.every((list) => list.length === 0);
}

async function main(): Promise<void> {
  const { help, json, ...options } = readOptions();
  if (help) {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => interruption.abort(new Error(`interrupted by ${signal}`)));
  const bundles = stageLocalBundles();
  const directory = await mkdtemp(join(tmpdir(), "stress-uploads-"));
  try {
    const onProgress = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
    const report = await runUploadStress({ ...options, bundles, directory, signal: interruption.signal, onProgress });
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : describe(report)}\n`);
    process.exitCode = holds(report) ? 0 : 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
