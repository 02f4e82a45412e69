import { UPLOAD_TRIGGERS, type UploadTriggerKind } from "../../contract/names";
import { dollarsPerCompleted, dollarsPerExpired } from "./burst-costs";

export interface Burst {
  readonly trigger: UploadTriggerKind;
  /** Evenly over the duration. */
  readonly uploads: number;
  readonly durationSeconds: number;
  /** Images at work at once, at most. */
  readonly concurrency: number;
  /** What one image takes, and is billed for. */
  readonly secondsPerImage: number;
  /** After so long an upload is given up, or deleted by its queue. */
  readonly keptSeconds: number;
}

export interface BurstOutcome {
  readonly completed: number;
  readonly expired: number;
  /** Counted from the first upload. */
  readonly halfDoneSeconds: number;
  readonly doneSeconds: number;
  /** Of those that were completed: from the upload to the start of the work. */
  readonly longestWaitSeconds: number;
  readonly medianWaitSeconds: number;
  readonly peakPerSecond: number;
  /** Without storage. */
  readonly dollars: number;
}

/** Lambda begins to read a queue with five at once and adds so many a minute. @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const QUEUE_START = 5;
const QUEUE_GROWTH_PER_SECOND = 300 / 60;
/** Each function gains so many at once every ten seconds. @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
const LAMBDA_GROWTH_PER_SECOND = 100;

interface Cohort {
  readonly arrivedAt: number;
  left: number;
}

/**
 * Second by second: uploads arrive, what has waited too long goes, and the oldest are worked on as fast as the concurrency
 * allows. Counts are fractions of images. Nothing fails; Lambda's own queue is taken for first in, first out, which it is only nearly.
 */
export function simulateBurst(burst: Burst): BurstOutcome {
  const run = new BurstRun(burst);
  for (let second = 0; second < burst.durationSeconds || run.waits; second += 1) run.step(second);
  return run.outcome();
}

class BurstRun {
  readonly #waiting: Cohort[] = [];
  /** Completed in each second. */
  readonly #done: { readonly second: number; readonly count: number }[] = [];
  readonly #waits: { readonly seconds: number; readonly count: number }[] = [];
  #oldest = 0;
  #expired = 0;

  constructor(private readonly burst: Burst) {}

  get waits(): boolean {
    return this.#oldest < this.#waiting.length;
  }

  step(second: number): void {
    const { uploads, durationSeconds } = this.burst;
    if (second < durationSeconds) this.#waiting.push({ arrivedAt: second, left: uploads / durationSeconds });
    this.#expire(second);
    this.#work(second, this.#capacityAt(second) / this.burst.secondsPerImage);
  }

  outcome(): BurstOutcome {
    const completed = sum(this.#done.map(({ count }) => count));
    const { trigger, secondsPerImage } = this.burst;
    const last = this.#done.at(-1)?.second ?? 0;
    return {
      completed: Math.round(completed),
      expired: Math.round(this.#expired),
      halfDoneSeconds: quantile(
        this.#done.map(({ second, count }) => ({ value: second + 1, count })),
        0.5,
      ),
      doneSeconds: last + 1,
      longestWaitSeconds: this.#waits.reduce((longest, { seconds }) => Math.max(longest, seconds), 0),
      medianWaitSeconds: quantile(
        this.#waits.map(({ seconds, count }) => ({ value: seconds, count })),
        0.5,
      ),
      peakPerSecond: this.#done.reduce((peak, { count }) => Math.max(peak, count), 0),
      dollars: completed * dollarsPerCompleted(trigger, secondsPerImage) + this.#expired * dollarsPerExpired(),
    };
  }

  #capacityAt(second: number): number {
    const { trigger, concurrency } = this.burst;
    const grown =
      trigger === "queue" ? QUEUE_START + second * QUEUE_GROWTH_PER_SECOND : LAMBDA_GROWTH_PER_SECOND * (second + 1);
    return Math.min(concurrency, grown);
  }

  #expire(second: number): void {
    for (let cohort = this.#waiting[this.#oldest]; cohort; cohort = this.#waiting[this.#oldest]) {
      if (second - cohort.arrivedAt < this.burst.keptSeconds) return;
      // A queue forgets without a word: nobody is paid for what nobody does.
      this.#expired += cohort.left;
      this.#oldest += 1;
    }
  }

  #work(second: number, images: number): void {
    let capacity = images;
    for (let cohort = this.#waiting[this.#oldest]; cohort && capacity > 0; cohort = this.#waiting[this.#oldest]) {
      const count = Math.min(capacity, cohort.left);
      capacity -= count;
      cohort.left -= count;
      this.#waits.push({ seconds: second - cohort.arrivedAt, count });
      if (cohort.left > 0) break;
      this.#oldest += 1;
    }
    if (capacity < images) this.#done.push({ second, count: images - capacity });
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((together, number) => together + number, 0);

/** The value below which this share of the counts lies. */
function quantile(values: readonly { readonly value: number; readonly count: number }[], share: number): number {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  let left = share * sum(values.map(({ count }) => count));
  for (const { value, count } of sorted) {
    left -= count;
    if (left <= 0) return value;
  }
  return sorted.at(-1)?.value ?? 0;
}

type BurstPlan = Pick<Burst, "uploads" | "durationSeconds" | "secondsPerImage"> & {
  readonly concurrencies: readonly number[];
  readonly keptSeconds: Readonly<Record<Burst["trigger"], number>>;
};

const MS_PER_SECOND = 1000;
const SECONDS_PER_HOUR = 3600;

/** Every mode at every concurrency, as a table in Markdown. */
export function burstTable({ concurrencies, keptSeconds, ...burst }: BurstPlan): string {
  const rows = UPLOAD_TRIGGERS.flatMap((trigger) =>
    concurrencies.map((concurrency) => {
      const outcome = simulateBurst({ ...burst, trigger, concurrency, keptSeconds: keptSeconds[trigger] });
      return [
        `\`${trigger}\``,
        count(concurrency),
        count(outcome.completed),
        count(outcome.expired),
        duration(outcome.halfDoneSeconds),
        duration(outcome.doneSeconds),
        duration(outcome.medianWaitSeconds),
        duration(outcome.longestWaitSeconds),
        count(Math.round(outcome.peakPerSecond)),
        `$${outcome.dollars.toFixed(2)}`,
      ];
    }),
  );
  const heading = [
    "`UPLOAD_TRIGGER`",
    "at once",
    "completed",
    "expired",
    "half done after",
    "done after",
    "half wait at most",
    "longest wait",
    "images a second",
    "cost",
  ];
  return [heading, heading.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const count = (number: number): string => number.toLocaleString("en-US");

/** `16 h 40 min`, `40 min`, `20 s`. */
function duration(seconds: number): string {
  const clock = new Date(Math.round(seconds) * MS_PER_SECOND);
  const [hours, minutes, rest] = [Math.floor(seconds / SECONDS_PER_HOUR), clock.getUTCMinutes(), clock.getUTCSeconds()];
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  return minutes > 0 ? `${minutes} min` : `${rest} s`;
}
