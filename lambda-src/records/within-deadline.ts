import { TransientFailure } from "./errors";

const failure = (phase: Phase): TransientFailure =>
  new TransientFailure("DEADLINE", `the function's own deadline passed while ${textOf(phase)}`);

/** What is going on, as it continues "while ..."; asked when the deadline passes, where it changes. */
export type Phase = string | (() => string);
const textOf = (phase: Phase): string => (typeof phase === "string" ? phase : phase());

/**
 * The work's outcome, or DEADLINE as soon as the signal aborts. What cannot be cancelled (a decode in libvips) is left to
 * end by itself, its result unused.
 * @throws {TransientFailure} DEADLINE
 */
export async function withinDeadline<T>(signal: AbortSignal, phase: Phase, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw failure(phase);
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(failure(phase));
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } catch (error) {
    // A client that saw the abort first reports it in its own words.
    throw signal.aborted && !(error instanceof TransientFailure) ? failure(phase) : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
