/**
 * Why an upload failed or waits, as records say it. A permanent code is a fact about the upload: it is recorded and never retried.
 */

export const PERMANENT_CODES = [
  "SOURCE_NOT_FOUND",
  "EMPTY",
  "TOO_LARGE",
  "UNSUPPORTED_FORMAT",
  "DECODE_ERROR",
  "PIXEL_LIMIT",
  "SUPERSEDED",
  "INVALID_KEY",
  "ARCHIVED",
] as const;
export type PermanentCode = (typeof PERMANENT_CODES)[number];

export const TRANSIENT_CODES = ["ACCESS_DENIED", "S3_ERROR", "DYNAMODB_ERROR", "SHORT_READ", "DEADLINE"] as const;
export type TransientCode = (typeof TRANSIENT_CODES)[number];

/** What the failure recorder writes when the processor gave up or died. */
export const RECORDER_CODES = ["TIMEOUT", "RUNTIME_CRASH", "EVENT_AGE_EXCEEDED", "RETRIES_EXHAUSTED"] as const;
export type RecorderCode = (typeof RECORDER_CODES)[number];

export type ErrorCode = PermanentCode | TransientCode | RecorderCode;

/** Codes of `failed` records that another delivery or a replay may pick up again. */
export const RETRYABLE_CODES: readonly ErrorCode[] = [...TRANSIENT_CODES, ...RECORDER_CODES];

/** What was thrown, in words, whatever it is. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
