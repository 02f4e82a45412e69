import { UPLOAD_TRIGGERS } from "../../contract/names";
import { type Burst, simulateBurst } from "./simulate-burst";

export type BurstPlan = Pick<Burst, "uploads" | "durationSeconds" | "secondsPerImage"> & {
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
