import type { ImageRecord, RecordStatus } from "../lambda-src/records/image-record";
import { isBackfilled } from "./backfill-sequencer";

export interface ImageStatistics {
  readonly images: number;
  readonly states: Readonly<Record<RecordStatus, number>>;
  /** Of everything that is not completed, by error code; `none` where there is none. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly originalBytes: number;
  readonly previewBytes: number;
  readonly largestOriginalBytes: number;
  /** From the upload to the result, of completed images that were not backfilled; absent when there is none. */
  readonly secondsToComplete?: { readonly p50: number; readonly p95: number };
}

/** Adds records up in memory that does not grow with their number. */
export class StatisticsSum {
  readonly #states: Record<RecordStatus, number> = { pending: 0, processing: 0, completed: 0, failed: 0 };
  readonly #reasons: Record<string, number> = {};
  /** How many images took so many seconds. */
  readonly #seconds = new Map<number, number>();
  #originalBytes = 0;
  #previewBytes = 0;
  #largest = 0;

  add(record: ImageRecord): void {
    const { processingStatus, errorCode = "none", originalSize = 0, previewDetails = {} } = record;
    this.#states[processingStatus] += 1;
    if (processingStatus !== "completed") this.#reasons[errorCode] = (this.#reasons[errorCode] ?? 0) + 1;
    this.#originalBytes += originalSize;
    this.#largest = Math.max(this.#largest, originalSize);
    for (const { bytes } of Object.values(previewDetails)) this.#previewBytes += bytes;
    if (processingStatus === "completed" && record.processedAt !== undefined && !isBackfilled(record)) {
      const seconds = Math.max(record.processedAt - record.timestamp, 0);
      this.#seconds.set(seconds, (this.#seconds.get(seconds) ?? 0) + 1);
    }
  }

  result(): ImageStatistics {
    const times = [...this.#seconds].sort(([a], [b]) => a - b);
    return {
      images: Object.values(this.#states).reduce((sum, count) => sum + count, 0),
      states: { ...this.#states },
      reasons: { ...this.#reasons },
      originalBytes: this.#originalBytes,
      previewBytes: this.#previewBytes,
      largestOriginalBytes: this.#largest,
      ...(times.length > 0 && { secondsToComplete: { p50: percentile(times, 0.5), p95: percentile(times, 0.95) } }),
    };
  }
}

/** The smallest value that so large a part of all is not above. */
function percentile(counts: readonly (readonly [value: number, count: number])[], part: number): number {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [value, count] of counts) {
    seen += count;
    if (seen >= total * part) return value;
  }
  return 0;
}
