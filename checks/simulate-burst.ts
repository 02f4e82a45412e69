import { Command, InvalidArgumentError } from "commander";
import { ASYNCHRONOUS_INVOCATION } from "../contract/deployment";
import { DEFAULT_SETTINGS } from "../contract/read-settings";
import { burstTable } from "./burst/simulate-burst";

const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_DAY = 86_400;

function positive(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError(`must be a number above 0, got ${JSON.stringify(text)}`);
}

const positives = (text: string): readonly number[] => text.split(",").map(positive);

const program = new Command("npm run simulate:burst --")
  .description(
    "What a burst of uploads comes to, with and without a queue: what completes when, what expires, what it costs.",
  )
  .option("--uploads <count>", "evenly over the minutes", positive, 1_000_000)
  .option("--minutes <number>", "how long they keep coming", positive, 60)
  .option("--concurrency <numbers>", "images at once, several by comma", positives, [10, 100, 1000])
  .option("--seconds-per-image <number>", "billed, cold starts included", positive, 0.6)
  .option(
    "--event-age-s <seconds>",
    "how long Lambda keeps an event",
    positive,
    ASYNCHRONOUS_INVOCATION.maximumEventAgeSeconds,
  )
  .option(
    "--retention-days <days>",
    "how long the queue keeps a message",
    positive,
    DEFAULT_SETTINGS.QUEUE_RETENTION_DAYS,
  )
  .parse();

const options = program.opts();
process.stdout.write(
  `${burstTable({
    uploads: options.uploads,
    durationSeconds: options.minutes * SECONDS_PER_MINUTE,
    concurrencies: options.concurrency,
    secondsPerImage: options.secondsPerImage,
    keptSeconds: { lambda: options.eventAgeS, queue: options.retentionDays * SECONDS_PER_DAY },
  })}\n`,
);
