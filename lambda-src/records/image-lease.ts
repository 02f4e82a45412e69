import { RETRYABLE_CODES } from "../../contract/error-codes";
import { LeaseHeld, LeaseLost } from "./errors";
import { hasExpired, type ImageRecord, type RecordStatus, timeToLive } from "./image-record";
import type { Clock, Invocation, RecordStore, Telemetry } from "./ports";
import { type Claim, claim, claimAnew, type RecordUpdate } from "./record-updates";
import type { Upload } from "./upload-event";
import { withinDeadline } from "./within-deadline";

export interface LeaseDesk {
  readonly records: RecordStore;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** Undefined: records never expire. */
  readonly recordTtlSeconds: number | undefined;
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
  const lease = { owner: requestId, expiresAtMs: deadlineMs };
  const take = async (makeClaim: typeof claim): Promise<Claim | undefined> => {
    const request = makeClaim(upload, lease, nowMs, timeToLive(nowMs, recordTtlSeconds));
    const item = await withinDeadline(stop, "claiming the image", () => records.update(request, stop));
    return "refused" in item ? undefined : { ...request.key, leaseOwner: requestId, attempts: item.attempts };
  };
  const look = () => withinDeadline(stop, "claiming the image", () => records.read(upload, stop));

  const held = await take(claim);
  if (held) return held;
  let current = await look();
  if (current && hasExpired(current, nowMs)) {
    // Refused where its reply was lost and the client sent it again: the lease is ours, and can be claimed once more.
    const heldAnew = (await take(claimAnew)) ?? (await take(claim));
    if (heldAnew) return heldAnew;
    current = await look();
  }
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
 * @throws {LeaseLost} when the record is another attempt's, or gone, and the image is not finished
 */
export async function writeAsHolder(
  held: Claim,
  update: RecordUpdate,
  signal: AbortSignal,
  { records, telemetry }: Pick<LeaseDesk, "records" | "telemetry">,
): Promise<RecordStatus | undefined> {
  const phase = update.set.processingStatus === "completed" ? "committing the result" : "recording the failure";
  const item = await withinDeadline(signal, phase, () => records.update(update, signal));
  if (!("refused" in item)) return item.processingStatus;

  // Read again instead of trusting the item inside the exception: not every server sends one.
  const current = await withinDeadline(signal, phase, () => records.read(update.key, signal));
  const fields = { imageId: held.imageId, requestId: held.leaseOwner, attempt: held.attempts };
  if (current && isOwnWrite(current, held)) {
    telemetry.decided("duplicate_skipped", { ...fields, status: current.processingStatus, reason: "reply_lost" });
    return current.processingStatus;
  }
  telemetry.decided("fenced", { ...fields, status: current?.processingStatus, owner: current?.leaseOwner });
  if (current && isFinal(current)) return undefined;
  throw new LeaseLost(`image ${held.imageId} ${fateOf(current)} after attempt ${held.attempts} had begun`);
}

function fateOf(current: ImageRecord | undefined): string {
  if (!current) return "was deleted";
  if (current.processingStatus === "failed") return `was recorded as failed (${current.errorCode})`;
  return "was taken over";
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
