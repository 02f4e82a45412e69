import type { MetricName } from "../../contract/names";
import type { Preview } from "../images/previews";
import type { ImageRecord, RecordKey } from "./image-record";
import type { QueuedMessage } from "./message-batch";
import type { RecordUpdate } from "./record-updates";

export type Refused = { readonly refused: true };

/** @throws {TransientFailure} DYNAMODB_ERROR from every method, when the table does not answer */
export interface RecordStore {
  /** The item after the update, or `refused` when the condition did not hold. */
  update(update: RecordUpdate, signal: AbortSignal): Promise<ImageRecord | Refused>;
  /** A consistent read. */
  read(key: RecordKey, signal: AbortSignal): Promise<ImageRecord | undefined>;
}

export interface OriginalRequest {
  readonly key: string;
  readonly versionId?: string;
  /** Without quotes. Checked when there is no version id. */
  readonly eTag?: string;
  /** The read stops here. */
  readonly maxBytes: number;
}

export interface OriginalStore {
  /**
   * The whole object in memory.
   * @throws {RejectedImage} SOURCE_NOT_FOUND, SUPERSEDED, ARCHIVED, TOO_LARGE
   * @throws {TransientFailure} ACCESS_DENIED, S3_ERROR, SHORT_READ
   */
  read(request: OriginalRequest, signal: AbortSignal): Promise<Buffer>;
}

/** What each preview says about its original. */
export type PreviewedUpload = Pick<ImageRecord, "imageId" | "userId">;

export interface PreviewStore {
  /** @throws {TransientFailure} ACCESS_DENIED, S3_ERROR */
  write(key: string, preview: Preview, upload: PreviewedUpload, signal: AbortSignal): Promise<void>;
}

/** Keeps the messages that were given up, for an operator to send again. */
export interface DeadLetterStore {
  /** @throws when the message is not kept for certain */
  keep(message: QueuedMessage, signal: AbortSignal): Promise<void>;
}

/** What happened to a record or an event; the word an operator searches the log for. */
export type Decision =
  | "completed"
  | "image_rejected"
  | "retryable"
  | "duplicate_skipped"
  | "in_progress"
  | "fenced"
  | "ignored"
  | "malformed_event"
  | "recorded_failed"
  | "recorder_noop";

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Telemetry {
  /** One line per decision. Fields never hold image bytes, signed URLs or credentials. */
  decided(decision: Decision, fields: LogFields): void;
  /** Values in the unit that `METRICS` names. */
  measured(metrics: Partial<Record<MetricName, number>>): void;
}

export interface Clock {
  /** Epoch ms. */
  now(): number;
}

/** One call of a function by Lambda. */
export interface Invocation {
  /** Stays the same over Lambda's retries of one event; of a message from a queue, its id. */
  readonly requestId: string;
  /** Epoch ms: when Lambda kills the invocation. */
  readonly deadlineMs: number;
  /** Aborts when the work must stop, early enough before the deadline to record why. */
  readonly stop: AbortSignal;
  /** Aborts just before the deadline; for the last write. */
  readonly end: AbortSignal;
}
