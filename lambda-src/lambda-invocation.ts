import type { Context } from "aws-lambda";
import type { RenderedImage } from "./images/render-image";
import type { Invocation } from "./records/ports";

/** What this project reads of Lambda's context object. */
export type InvocationContext = Pick<Context, "awsRequestId" | "memoryLimitInMB" | "getRemainingTimeInMillis">;

/** Time for the last write to reach the table after the work was stopped, and to stay clear of Lambda's own limit. */
const STOP_BEFORE_LIMIT_MS = 1_500;
const END_BEFORE_LIMIT_MS = 250;

/**
 * Runs `work` with the two deadlines of an invocation; timers never outlive it.
 * @param nowMs epoch ms
 */
export async function withInvocation<T>(
  context: InvocationContext,
  nowMs: number,
  work: (invocation: Invocation) => Promise<T>,
): Promise<T> {
  const remainingMs = context.getRemainingTimeInMillis();
  const stop = abortAfter(remainingMs - STOP_BEFORE_LIMIT_MS);
  const end = abortAfter(remainingMs - END_BEFORE_LIMIT_MS);
  try {
    return await work({
      requestId: context.awsRequestId,
      deadlineMs: nowMs + remainingMs,
      stop: stop.signal,
      end: end.signal,
    });
  } finally {
    stop.cancel();
    end.cancel();
  }
}

function abortAfter(delayMs: number): { signal: AbortSignal; cancel(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), Math.max(0, delayMs));
  return { signal: controller.signal, cancel: () => clearTimeout(timer) };
}

/**
 * Image work that nobody waits for any more. libvips cannot be interrupted: a decode that outlives the deadline keeps its thread,
 * and four of them would leave every later image of the same process waiting for ever.
 */
export class OutstandingWork {
  #images = 0;

  get any(): boolean {
    return this.#images > 0;
  }

  /** Counts the image until its last preview is settled. */
  async during(work: Promise<RenderedImage>): Promise<RenderedImage> {
    this.#images += 1;
    const everything = work.then((image) => Promise.allSettled([image.placeholder, ...image.previews]));
    everything.then(
      () => this.#end(),
      () => this.#end(),
    );
    return work;
  }

  #end(): void {
    this.#images -= 1;
  }
}
