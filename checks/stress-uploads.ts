import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { stageLocalBundles } from "../bundling/stage-lambda-bundles";
import { messageOf } from "../contract/error-codes";
import { runUploadStress, type StressReport } from "./faults/stress-run";
import type { StressRates } from "./faults/upload-plan";

/**
 * Uploads many images to a local system of its own while deliveries are repeated, requests fail and sandboxes are killed;
 * then counts what is there. Exit 1 when anything was lost, doubled or left unfinished.
 */

const readOptions = () =>
  new Command("npm run stress:uploads --")
    .description(
      "Uploads small images to a local system of its own, delivers a share of the events twice, breaks a share of the requests " +
        "and kills a share of the invocations, waits until all is quiet, and counts: nothing lost, stuck or doubled. Shares are from " +
        "0 to 1. Exit 1 with the ids of every violation.",
    )
    .option("--uploads <n>", "in all", number("uploads", /^[1-9]\d{0,6}$/, "an integer from 1 to 9999999"), 10_000)
    .option("--concurrency <n>", "at once", number("concurrency", /^[1-9]\d?$/, "an integer from 1 to 99"), 10)
    .option("--duplicates <share>", "of events that come twice", share("duplicates"), 0.05)
    .option("--faults <share>", "of uploads with a request that fails", share("faults"), 0.05)
    .option("--kills <share>", "of uploads whose function is killed", share("kills"), 0.01)
    .option("--seed <n>", "decides what happens to each upload", number("seed", /^\d{1,9}$/, "a whole number"), 1)
    .option("--json", "the report as JSON", false)
    .parse()
    .opts<StressRates & { readonly uploads: number; readonly concurrency: number; readonly json: boolean }>();

const SHARE = /^(0(\.\d+)?|1(\.0+)?)$/;

const number = (name: string, shape: RegExp, expectation: string) => (text: string) => {
  if (!shape.test(text)) throw new Error(`--${name} must be ${expectation}, got ${JSON.stringify(text)}`);
  return Number(text);
};

const share = (name: string) => number(name, SHARE, "a share from 0 to 1");

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
  const { json, ...options } = readOptions();
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
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
