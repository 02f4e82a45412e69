import { setTimeout } from "node:timers/promises";

/** Unused time is made up for by no more than this. */
const BURST_MS = 100;

/**
 * Resolves so often a second. Counts from a schedule and not from the last call, so that the time which calls themselves take
 * does not lower the rate; what a long stall missed is not made up for.
 */
export class Pace {
  readonly #intervalMs: number;
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number) {
    this.#intervalMs = 1000 / perSecond;
  }

  /** @throws what the signal was aborted with */
  async next(signal?: AbortSignal): Promise<void> {
    const now = performance.now();
    this.#nextMs = Math.max(this.#nextMs, now - Math.max(BURST_MS, this.#intervalMs));
    const waitMs = this.#nextMs - now;
    this.#nextMs += this.#intervalMs;
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal });
    else signal?.throwIfAborted();
  }
}
