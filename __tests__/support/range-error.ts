/** What `work` gives, or undefined when it throws a RangeError. By name, because Node's own errors are not of Jest's realm. */
export function unlessRangeError<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (String(error).startsWith("RangeError")) return undefined;
    throw error;
  }
}

/** For `toThrow`. */
export const RANGE_ERROR = expect.objectContaining({ name: "RangeError" });
