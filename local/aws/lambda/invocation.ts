/** What Lambda returns as the payload of a failed invocation. `trace` is missing when the sandbox died. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type Outcome =
  | { readonly kind: "result" /** JSON text. */; readonly payload: string }
  | { readonly kind: "error"; readonly error: FunctionError };

/** One finished invocation, with the figures of Lambda's REPORT line. */
export interface Invocation {
  readonly requestId: string;
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** Only for the first invocation of a sandbox. */
  readonly initDurationMs?: number;
  readonly maxMemoryUsedMb: number;
}

/** The error of a sandbox that reached its time limit. */
export const timedOut = (requestId: string, seconds: number): FunctionError => ({
  errorType: "Sandbox.Timedout",
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
});

/** The error of a sandbox whose process ended by itself or was killed; `how` is `exit status 1` or `signal: killed`. */
export const runtimeExited = (requestId: string, how: string): FunctionError => ({
  errorType: "Runtime.ExitError",
  errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${how}`,
});
