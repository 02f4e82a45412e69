import { LeaseHeld, LeaseLost, RETRYABLE_CODES } from "./errors";
import type { ImageRecord, RecordStatus } from "./image-record";
import type { Clock, Invocation, RecordStore, Telemetry } from "./ports";
import { type Claim, claim, type RecordUpdate } from "./record-updates";
import type { Upload } from "./upload-event";
import { withinDeadline } from "./within-deadline";

export interface LeaseDesk {
  readonly records: RecordStore;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly recordTtlSeconds: number;
}

/**
 * The right to process this upload, or undefined when that has been done.
 * @throws {LeaseHeld} while another invocation works on it
 */
export async function acquireLease(
  upload: Upload,
  invocation: Invocation,
  { records, telemetry, clock, recordTtlSeconds }: LeaseDesk,
): Promise<Claim | undefined> {
  const { requestId, deadlineMs, stop } = invocation;
  const nowMs = clock.now();
  const timeToLive = Math.floor(nowMs / 1000) + recordTtlSeconds;
  const request = claim(upload, { owner: requestId, expiresAtMs: deadlineMs }, nowMs, timeToLive);
  const item = await withinDeadline(stop, () => records.update(request, stop));
  if (!("refused" in item)) return { ...request.key, leaseOwner: requestId, attempts: item.attempts };

  const current = await withinDeadline(stop, () => records.read(request.key, stop));
  const fields = { imageId: upload.imageId, key: upload.key, requestId, status: current?.processingStatus };
  if (current && isFinal(current)) {
    telemetry.decided("duplicate_skipped", fields);
    telemetry.measured({ DuplicatesSkipped: 1 });
    return undefined;
  }
  telemetry.decided("in_progress", fields);
  throw new LeaseHeld(`image ${upload.imageId} is being processed by another invocation`);
}

/**
 * Makes a write that only the holder may make. A refusal is not yet a failure: the reply to our own write may have been
 * lost, or somebody else may have finished the image.
 * @returns the status that this attempt gave the record, or undefined when somebody else finished the image
 * @throws {LeaseLost} when another attempt took over and has not finished
 */
export async function writeAsHolder(
  held: Claim,
  update: RecordUpdate,
  signal: AbortSignal,
  { records, telemetry }: Pick<LeaseDesk, "records" | "telemetry">,
): Promise<RecordStatus | undefined> {
  const item = await withinDeadline(signal, () => records.update(update, signal));
  if (!("refused" in item)) return item.processingStatus;

  // Read again instead of trusting the item inside the exception: not every server sends one.
  const current = await withinDeadline(signal, () => records.read(update.key, signal));
  const fields = { imageId: held.imageId, requestId: held.leaseOwner, attempt: held.attempts };
  if (current && isOwnWrite(current, held)) {
    telemetry.decided("duplicate_skipped", { ...fields, status: current.processingStatus, reason: "reply_lost" });
    return current.processingStatus;
  }
  telemetry.decided("fenced", { ...fields, status: current?.processingStatus, owner: current?.leaseOwner });
  if (current && isFinal(current)) return undefined;
  throw new LeaseLost(`image ${held.imageId} was taken over after attempt ${held.attempts}`);
}

/**
 * An earlier write of the same attempt, applied although its reply never came. `failed` with a retryable code is the
 * failure recorder's, which leaves owner and attempt alone.
 */
const isOwnWrite = (current: ImageRecord, held: Claim): boolean =>
  current.leaseOwner === held.leaseOwner &&
  current.attempts === held.attempts &&
  (current.processingStatus === "pending" || isFinal(current));

/** No delivery changes such a record any more. */
const isFinal = ({ processingStatus, errorCode }: ImageRecord): boolean =>
  processingStatus === "completed" ||
  (processingStatus === "failed" && errorCode !== undefined && !RETRYABLE_CODES.includes(errorCode));
