import { setTimeout } from "node:timers/promises";

/** Unused time is made up for by no more than this: Lambda's queue takes such a burst without notice. */
const BURST_MS = 5000;

/**
 * Resolves so often a second. Counts from a schedule and not from the last call, so that the time which calls themselves take
 * does not lower the rate; what a long stall missed is not made up for.
 */
export class Pace {
  readonly #intervalMs: number;
  /** Before the first call there is no schedule to be behind. */
  #nextMs: number | undefined;

  constructor(perSecond: number) {
    this.#intervalMs = 1000 / perSecond;
  }

  /** @throws what the signal was aborted with */
  async next(signal?: AbortSignal): Promise<void> {
    const now = performance.now();
    const dueMs = Math.max(this.#nextMs ?? now, now - Math.max(BURST_MS, this.#intervalMs));
    const waitMs = dueMs - now;
    this.#nextMs = dueMs + this.#intervalMs;
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal });
    else signal?.throwIfAborted();
  }
}
