import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Command } from "commander";
import { messageOf } from "../contract/error-codes";
import { peakMemoryMb } from "../local/aws/lambda/peak-memory";
import { ListedBucket } from "./stress/listed-bucket";

/** What the script of this name builds beside this file. */
const COMMAND = "dist/programs/operations/cli/images.js";
const MAX_MEMORY_MB = 150;
const MAX_RATE_ERROR = 0.05;
/** Sent again at most: what a second sends, and what was under way. */
const SAVED_EVERY_SECONDS = 1;

interface RunReport {
  readonly invocations: number;
  readonly perSecond: number;
  readonly peakMemoryMb: number;
}

async function stressBackfill(objects: number, rate: number): Promise<boolean> {
  const bucket = new ListedBucket(objects);
  const endpoint = await bucket.listen();
  const directory = mkdtempSync(join(tmpdir(), "image-pipeline-backfill-"));
  try {
    const half = Math.floor((objects * 9) / 20);
    const killed = await run(bucket, endpoint, directory, rate, half);
    const whole = await run(bucket, endpoint, directory, rate);
    return report(bucket, rate, [killed, whole]);
  } finally {
    bucket.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @param killAfter SIGKILL after so many invocations of all runs */
async function run(bucket: ListedBucket, endpoint: string, directory: string, rate: number, killAfter?: number) {
  const first = bucket.times.length;
  const child = startCommand(endpoint, directory, rate);
  const exit = once(child, "exit");
  let isOver = false;
  void exit.then(() => {
    isOver = true;
  });
  let peakMb = 0;
  while (!isOver) {
    peakMb = Math.max(peakMb, peakMemoryMb(child.pid ?? 0));
    if (killAfter !== undefined && bucket.times.length >= killAfter) child.kill("SIGKILL");
    await Promise.race([exit, setTimeout(50)]);
  }
  const times = bucket.times.slice(first);
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  return {
    invocations: times.length,
    perSecond: (times.length - 1) / seconds,
    peakMemoryMb: peakMb,
  } satisfies RunReport;
}

function startCommand(endpoint: string, directory: string, rate: number): ChildProcess {
  // As in the script of the command: the heap then grows no further than it must.
  const args = ["--optimize-for-size", resolve(COMMAND), "backfill", "--yes", "--rate", String(rate)];
  return spawn(process.execPath, args, {
    cwd: directory,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      PATH: process.env.PATH,
      NODE_PATH: resolve("node_modules"),
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "any",
      AWS_SECRET_ACCESS_KEY: "any",
      AWS_ENDPOINT_URL: endpoint,
      S3_FORCE_PATH_STYLE: "true",
      SOURCE_BUCKET: "photos",
      PROCESSED_BUCKET: "previews",
      METADATA_TABLE: "images",
      PROCESSOR_FUNCTION: "processor",
      DEAD_LETTER_QUEUE_URL: `${endpoint}/000000000000/letters`,
    },
  });
}

function report(bucket: ListedBucket, rate: number, runs: readonly RunReport[]): boolean {
  const numbers = Array.from({ length: bucket.objects }, (_, n) => n);
  const lost = numbers.filter((n) => !bucket.isKnown(n) && bucket.sent[n] === 0).length;
  const needless = numbers.filter((n) => bucket.isKnown(n) && bucket.sent[n] !== 0).length;
  const twice = numbers.filter((n) => (bucket.sent[n] ?? 0) > 1).length;
  for (const [index, { invocations, perSecond, peakMemoryMb }] of runs.entries())
    console.log(
      `run ${index + 1}${index === 0 ? " (killed)" : ""}: ${invocations} sent, ${perSecond.toFixed(2)} a second, at most ${peakMemoryMb.toFixed(0)} MB`,
    );
  console.log(
    `${bucket.objects} objects: ${lost} lost, ${needless} sent needlessly, ${twice} sent twice (same identity), ${bucket.ambiguous.size} under two identities`,
  );
  const isSteady = runs.every(({ perSecond }) => Math.abs(perSecond / rate - 1) <= MAX_RATE_ERROR);
  const isSmall = runs.every(({ peakMemoryMb }) => peakMemoryMb < MAX_MEMORY_MB);
  const mostTwice = rate * (SAVED_EVERY_SECONDS + 1) + 32;
  return lost + needless + bucket.ambiguous.size === 0 && twice <= mostTwice && isSteady && isSmall;
}

async function main(): Promise<void> {
  const { objects, rate } = new Command("npm run stress:backfill --")
    .description(
      "Backfills a bucket that is only listed: kills the command in the middle, starts it again, and looks at what was sent, how " +
        "fast, and how much memory it took. Exit 1 when an object was lost or came under two identities, when the rate was more than " +
        "5% off, or when the memory rose above 150 MB.",
    )
    .option("--objects <n>", "in the bucket", readObjects, 100_000)
    .option("--rate <n>", "invocations a second", readRate, 200)
    .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
    .parse()
    .opts();
  if (!(await stressBackfill(objects, rate))) process.exitCode = 1;
}

function readObjects(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--objects must be an integer from 1 to 999999999, got ${JSON.stringify(text)}`);
}

function readRate(text: string): number {
  const rate = Number(text);
  if (rate > 0 && rate <= 1000) return rate;
  throw new Error(`--rate must be a number up to 1000, got ${JSON.stringify(text)}`);
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 2;
});
