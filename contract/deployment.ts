import type { UploadTriggerKind } from "./names";

/**
 * What is deployed and no setting changes, in the terms of AWS: each fact once. The stack makes it, the local system runs it, the
 * simulations count with it, and a test holds the documents to it.
 */

/** What every function has of `/tmp` without paying for it: Lambda's own default. */
export const LAMBDA_FREE_STORAGE_MB = 512;

/** The processor of images. Its memory and its time limit are settings. */
export const IMAGE_PROCESSOR = {
  /** Size of `/tmp`. */
  ephemeralStorageMb: 1024,
  /** glibc reads it when the image processor starts, before any code of ours. One arena halves the peak of memory: ADR 7. */
  allocation: { MALLOC_ARENA_MAX: "1" },
} as const;

/** It makes one update an event. */
export const FAILURE_RECORDER = { memoryMb: 256, timeoutSeconds: 30 } as const;

/** How Lambda repeats the events of both functions, and when it gives one up. */
export const ASYNCHRONOUS_INVOCATION = { maximumEventAgeSeconds: 3600, maximumRetryAttempts: 2 } as const;

/** How often Lambda begins with an event. */
export const MAXIMUM_ATTEMPTS = 1 + ASYNCHRONOUS_INVOCATION.maximumRetryAttempts;

/** Where uploads wait in a queue. */
export const QUEUED_UPLOADS = {
  /**
   * Messages of one invocation. One image uses the function's whole CPU and a good part of its memory: a second one in the same
   * invocation would share its time limit and die with it, and would save no more than the price of a request.
   */
  batchSize: 1,
  /** A message that failed so often moves on to the queue of the failed. */
  maxReceives: 3,
  /** How long a received message stays hidden, in time limits of its function: what Lambda asks for. */
  visibilityTimeLimits: 6,
} as const;

/** The longest that SQS keeps a message. */
export const SQS_MAXIMUM_RETENTION_DAYS = 14;
/** Of dead letters, and of the failed, which keep their age when they move to their queue. */
export const DEAD_LETTER_RETENTION_DAYS = SQS_MAXIMUM_RETENTION_DAYS;

/** What pages may do with the source bucket, from the origins that the settings name. */
export const UPLOAD_CORS = {
  allowedMethods: ["PUT", "POST", "GET"],
  allowedHeaders: ["*"],
  maxAgeSeconds: 3600,
} as const;

/** Originals are kept for ever, in cheaper storage as they age. */
export const ORIGINAL_TRANSITIONS = [
  { days: 30, storageClass: "STANDARD_IA" },
  { days: 90, storageClass: "GLACIER_IR" },
] as const;

/** How long previews live where no setting says more: they can be made again from the originals. */
export const PREVIEW_EXPIRY_DAYS = 365;

/** In every bucket: parts of uploads that were never finished. */
export const ABORT_MULTIPART_UPLOADS_DAYS = 7;
/** In a bucket that keeps replaced and deleted objects. */
export const NONCURRENT_VERSIONS_DAYS = 30;

/** Seconds that a received message stays hidden from others, where a function with this time limit takes it. */
export const visibilityTimeoutSeconds = (timeoutSeconds: number): number =>
  QUEUED_UPLOADS.visibilityTimeLimits * timeoutSeconds;

/** Lambda's own limit. */
export const MAX_TIME_LIMIT_SECONDS = 900;

/** From the first attempt at an upload to the end of the last one at most, with any time limit of the processor. */
export const LONGEST_PROCESSING_SECONDS: Readonly<Record<UploadTriggerKind, number>> = {
  lambda: ASYNCHRONOUS_INVOCATION.maximumEventAgeSeconds + MAX_TIME_LIMIT_SECONDS,
  queue: QUEUED_UPLOADS.maxReceives * visibilityTimeoutSeconds(MAX_TIME_LIMIT_SECONDS),
};

/** Directories that hold exactly what gets zipped, absolute or relative to the project's root. */
export interface LambdaBundles {
  readonly imageProcessor: string;
  readonly failureRecorder: string;
}
