/**
 * Two kinds of failure. A permanent one is a fact about the upload: it is recorded and never retried. Everything else is
 * thrown, so that Lambda tries again. Branch on class or code, never on message text.
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

/** The upload itself is at fault, and always will be. */
export class RejectedImage extends Error {
  override readonly name = "RejectedImage";
  constructor(
    readonly code: PermanentCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Something around the upload is at fault: the same upload may succeed in a minute. */
export class TransientFailure extends Error {
  override readonly name = "TransientFailure";
  constructor(
    readonly code: TransientCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Another invocation works on this image and its lease has not expired. */
export class LeaseHeld extends Error {
  override readonly name = "LeaseHeld";
}

/** Our lease was taken over before we could write the result. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** An event or a record of it that does not say which object it is about. */
export class MalformedEvent extends Error {
  override readonly name = "MalformedEvent";
}
