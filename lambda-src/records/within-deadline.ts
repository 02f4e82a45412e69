import { TransientFailure } from "./errors";

const failure = (): TransientFailure =>
  new TransientFailure("DEADLINE", "the function's own deadline passed before the work was done");

/**
 * The work's outcome, or DEADLINE as soon as the signal aborts. What cannot be cancelled (a decode in libvips) is left to
 * end by itself, its result unused.
 * @throws {TransientFailure} DEADLINE
 */
export async function withinDeadline<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw failure();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(failure());
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } catch (error) {
    // A client that saw the abort first reports it in its own words.
    throw signal.aborted && !(error instanceof TransientFailure) ? failure() : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
