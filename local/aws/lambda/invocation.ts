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

/** An asynchronous invocation on its way, as it lies on the disk. */
export interface QueuedEvent {
  readonly requestId: string;
  /** Sorts by acceptance; the name of its file. */
  readonly id: string;
  /** The event that the function gets. */
  readonly event: unknown;
  /** Invocations that ended. */
  readonly attempts: number;
  /** Time from acceptance to this file's writing in ms: an event does not age while the local system is off. */
  readonly ageMs: number;
  /** Of the last attempt; absent before the first. */
  readonly error?: FunctionError;
}

export type FailureCondition = "RetriesExhausted" | "EventAgeExceeded";

/**
 * What Lambda sends to an on-failure destination. An event that never reached the function has no response.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export interface FailureRecord {
  readonly version: "1.0";
  /** ISO 8601 in UTC, with milliseconds. */
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: FailureCondition;
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: unknown;
  readonly responseContext?: {
    readonly statusCode: 200;
    readonly executedVersion: "$LATEST";
    readonly functionError: "Unhandled";
  };
  readonly responsePayload?: FunctionError;
}

export function failureRecord(queued: QueuedEvent, functionArn: string, condition: FailureCondition): FailureRecord {
  const { requestId, attempts, event, error } = queued;
  return {
    version: "1.0",
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: event,
    ...(error && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: error,
    }),
  };
}
