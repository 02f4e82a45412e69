import { type ErrorCode, RETRYABLE_CODES } from "../../contract/error-codes";
import { type ImageRecord, latestLeaseEnd, type RecordKey } from "./image-record";
import type { Upload } from "./upload-event";

/*
 * Every write to the metadata table, as data. A store only translates them; what may follow what is decided here.
 *
 *   absent ──claim──▶ processing ──commit──▶ completed
 *                      ▲  │   │
 *              claim   │  │   └──reject──▶ failed (permanent code)            no claim ever again
 *                      │  └──postpone──▶ pending ──recordFailure──▶ failed (retryable code) ──claim──▶ processing
 *                      └───────────────────┘
 *
 *   A record past its `ttl` counts as absent:   any state ──claimAnew──▶ processing,  any state ──recordFailureAnew──▶ failed
 *
 *   An operator, and nobody else:  completed | failed ──reopen──▶ pending,  anything at rest ──retire──▶ failed, then deleted
 *
 *   one attempt:   claim(owner, n) ........ work ........ commit | reject | postpone (owner, n)
 *   its crash:     claim(owner, n) .... ✗        lease expires, or the same request comes back: claim(owner, n+1)
 *   its zombie:    claim(owner, n) ................................ claim(other, n+1) .... commit(owner, n) refused
 *   its straggler: claim(owner, n) ✗  sent, on its way ........ recordFailure(owner) .... claim(owner, n) refused
 *
 * Retries of an invocation share its request id, so the owner alone is not a fence: the attempt is. It stays one when attempts
 * are counted anew: a record lives for at least a day after its last claim, and no attempt for longer than 15 minutes.
 */

export type Clause =
  | { readonly kind: "absent"; readonly attribute: keyof ImageRecord }
  | { readonly kind: "equals"; readonly attribute: keyof ImageRecord; readonly value: string | number }
  | { readonly kind: "below"; readonly attribute: keyof ImageRecord; readonly value: number }
  | { readonly kind: "above"; readonly attribute: keyof ImageRecord; readonly value: number }
  | { readonly kind: "oneOf"; readonly attribute: keyof ImageRecord; readonly values: readonly string[] }
  | { readonly kind: "all"; readonly clauses: readonly Clause[] }
  | { readonly kind: "any"; readonly clauses: readonly Clause[] };

/** One conditional update of one item, which it creates when the condition allows an absent one. */
export interface RecordUpdate {
  readonly key: RecordKey;
  readonly condition: Clause;
  readonly set: Partial<ImageRecord>;
  readonly setIfAbsent?: Partial<ImageRecord>;
  readonly increment?: "attempts";
  readonly remove?: readonly (keyof ImageRecord)[];
}

/** The right to write the result of one attempt. */
export interface Claim extends RecordKey {
  readonly leaseOwner: string;
  readonly attempts: number;
}

const all = (...clauses: readonly Clause[]): Clause => ({ kind: "all", clauses });
const any = (...clauses: readonly Clause[]): Clause => ({ kind: "any", clauses });
const statusIs = (value: ImageRecord["processingStatus"]): Clause => ({
  kind: "equals",
  attribute: "processingStatus",
  value,
});
const ownedBy = (value: string): Clause => ({ kind: "equals", attribute: "leaseOwner", value });
const atAttempt = (value: number): Clause => ({ kind: "equals", attribute: "attempts", value });
const lacks = (attribute: keyof ImageRecord): Clause => ({ kind: "absent", attribute });
const below = (attribute: keyof ImageRecord, value: number): Clause => ({ kind: "below", attribute, value });
const above = (attribute: keyof ImageRecord, value: number): Clause => ({ kind: "above", attribute, value });
const noItem = lacks("imageId");
const secondsOf = (ms: number): number => Math.floor(ms / 1000);
/** See `hasExpired`. */
const expired = (nowMs: number): Clause => below("ttl", secondsOf(nowMs));
const unexpired = (nowMs: number): Clause => any(lacks("ttl"), above("ttl", secondsOf(nowMs) - 1));
const leaseOver = (nowMs: number): Clause =>
  any(below("leaseExpiresAt", nowMs), above("leaseExpiresAt", latestLeaseEnd(nowMs)));
const leaseExpired = (nowMs: number): Clause => all(statusIs("processing"), leaseOver(nowMs));
/** Recorded before `nowMs`: a dead attempt's claim, still on its way when the failure was recorded, comes too late. */
const failedRetryably = (nowMs: number): Clause =>
  all(
    statusIs("failed"),
    { kind: "oneOf", attribute: "errorCode", values: RETRYABLE_CODES },
    any(lacks("leaseExpiresAt"), leaseOver(nowMs)),
  );
const leaseHeldBy = (owner: string): Clause => all(statusIs("processing"), ownedBy(owner));
const holds = ({ leaseOwner, attempts }: Claim): Clause =>
  all(statusIs("processing"), ownedBy(leaseOwner), atAttempt(attempts));

export interface Lease {
  /** Request id of the invocation. */
  readonly owner: string;
  /** Epoch ms: when the invocation is dead for certain. */
  readonly expiresAtMs: number;
}

/** What an item says about its upload, whoever writes it first. */
const identityOf = (upload: Upload): Partial<ImageRecord> => ({
  userId: upload.userId,
  originalKey: upload.key,
  originalSize: upload.sizeBytes,
  eTag: upload.eTag,
  versionId: upload.versionId,
  sequencer: upload.sequencer,
});

const keyOf = ({ imageId, timestamp }: RecordKey): RecordKey => ({ imageId, timestamp });

/** What a claim writes. Its previews come after it, so that none expires before the record. */
const claimed = (upload: Upload, lease: Lease, timeToLive: number | undefined): Partial<ImageRecord> => ({
  ...identityOf(upload),
  processingStatus: "processing",
  leaseOwner: lease.owner,
  leaseExpiresAt: lease.expiresAtMs,
  ttl: timeToLive,
});

/** An attribute that is not set goes, where it is there. */
const removedUnlessSet = (timeToLive: number | undefined): readonly (keyof ImageRecord)[] =>
  timeToLive === undefined ? ["ttl"] : [];

/**
 * @param timeToLive epoch seconds, counted from this claim: counted from the event, a backfilled photo would expire at once.
 * Undefined: the record never expires
 */
export const claim = (upload: Upload, lease: Lease, nowMs: number, timeToLive: number | undefined): RecordUpdate => ({
  key: keyOf(upload),
  condition: any(
    noItem,
    all(
      unexpired(nowMs),
      any(statusIs("pending"), failedRetryably(nowMs), leaseExpired(nowMs), leaseHeldBy(lease.owner)),
    ),
  ),
  set: claimed(upload, lease, timeToLive),
  increment: "attempts",
  remove: removedUnlessSet(timeToLive),
});

/** Claims an item that has expired, whatever its state, as if it were absent. */
export const claimAnew = (
  upload: Upload,
  lease: Lease,
  nowMs: number,
  timeToLive: number | undefined,
): RecordUpdate => ({
  key: keyOf(upload),
  condition: any(noItem, expired(nowMs)),
  set: { ...claimed(upload, lease, timeToLive), attempts: 1 },
  remove: [...LEFT_BY_ATTEMPTS, ...removedUnlessSet(timeToLive)],
});

export type Result = Required<
  Pick<
    ImageRecord,
    "previews" | "previewDetails" | "originalSize" | "processedAt" | "width" | "height" | "format" | "placeholder"
  >
>;

/** What attempts leave on an item beside its identity and its lease. */
const LEFT_BY_ATTEMPTS = [
  "previews",
  "previewDetails",
  "processedAt",
  "width",
  "height",
  "format",
  "placeholder",
  "errorCode",
  "errorMessage",
] as const satisfies readonly (keyof ImageRecord)[];

export const commit = (held: Claim, result: Result): RecordUpdate => ({
  key: keyOf(held),
  condition: holds(held),
  set: { ...result, processingStatus: "completed" },
  remove: ["errorCode", "errorMessage"],
});

/** The upload can never be processed. */
export const reject = (held: Claim, code: ErrorCode, message: string, processedAt: number): RecordUpdate => ({
  key: keyOf(held),
  condition: holds(held),
  set: { processingStatus: "failed", errorCode: code, errorMessage: message, processedAt },
});

/** This attempt failed and another will follow. `leaseOwner` stays, so that the failure recorder knows whose it was. */
export const postpone = (held: Claim, code: ErrorCode | undefined, message: string): RecordUpdate => ({
  key: keyOf(held),
  condition: holds(held),
  set: { processingStatus: "pending", errorCode: code, errorMessage: message },
  ...(code === undefined && { remove: ["errorCode"] }),
});

interface RecordedFailure {
  readonly owner: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly nowMs: number;
  /** Epoch seconds, for a record that the recorder creates. Undefined: it never expires. */
  readonly timeToLive: number | undefined;
}

const failedBy = (upload: Upload, { code, message, nowMs }: RecordedFailure) =>
  ({
    ...identityOf(upload),
    processingStatus: "failed",
    errorCode: code,
    errorMessage: message,
    processedAt: secondsOf(nowMs),
    // Ends the lease: see `failedRetryably`.
    leaseExpiresAt: nowMs,
  }) as const satisfies Partial<ImageRecord>;

/** No attempt will follow: the request that owned this image gave up, died, or never started. */
export const recordFailure = (upload: Upload, failure: RecordedFailure): RecordUpdate => ({
  key: keyOf(upload),
  condition: any(
    noItem,
    all(
      unexpired(failure.nowMs),
      any(all(any(statusIs("pending"), statusIs("processing")), ownedBy(failure.owner)), leaseExpired(failure.nowMs)),
    ),
  ),
  set: failedBy(upload, failure),
  setIfAbsent: { ttl: failure.timeToLive, attempts: 0 },
});

/** Records the failure on an item that has expired, whatever its state, as if it were absent. */
export const recordFailureAnew = (upload: Upload, failure: RecordedFailure): RecordUpdate => {
  const set = failedBy(upload, failure);
  return {
    key: keyOf(upload),
    condition: any(noItem, expired(failure.nowMs)),
    set: { ...set, ttl: failure.timeToLive, attempts: 0 },
    remove: [
      ...LEFT_BY_ATTEMPTS.filter((attribute) => !(attribute in set)),
      "leaseOwner",
      ...removedUnlessSet(failure.timeToLive),
    ],
  };
};

/** A record as an operator saw it: whatever happened since makes the operator's update refused. */
type Seen = RecordKey & Pick<ImageRecord, "processingStatus" | "ttl"> & Partial<Pick<ImageRecord, "attempts">>;
/** The time to live tells two lives of a record apart, whose attempts are both counted from the start. */
const unchangedSince = ({ processingStatus, attempts, ttl }: Seen): Clause =>
  all(statusIs(processingStatus), asSeen("attempts", attempts), asSeen("ttl", ttl));
const asSeen = (attribute: keyof ImageRecord, value: number | undefined): Clause =>
  value === undefined ? lacks(attribute) : { kind: "equals", attribute, value };

/**
 * An operator wants the image processed again: any delivery may claim it. Its previews stay until a commit replaces them.
 * It belongs to no request any more, or a late failure recorder of the last one would end it again.
 */
export const reopen = (seen: Seen): RecordUpdate => ({
  key: keyOf(seen),
  condition: unchangedSince(seen),
  set: { processingStatus: "pending" },
  remove: ["errorCode", "errorMessage", "leaseOwner", "leaseExpiresAt"],
});

/**
 * An operator deletes the image: no delivery may claim it any more, and no attempt that still runs may write its result.
 * The caller makes sure that no lease is live, so that no attempt writes previews either. The record does not expire for
 * another day, or a delivery could claim it anew before all of the image is deleted.
 */
export const retire = (seen: Seen, processedAt: number): RecordUpdate => ({
  key: keyOf(seen),
  condition: unchangedSince(seen),
  set: {
    processingStatus: "failed",
    errorCode: "SOURCE_NOT_FOUND",
    errorMessage: RETIRED,
    processedAt,
    ttl: seen.ttl && Math.max(seen.ttl, processedAt + SECONDS_PER_DAY),
  },
});
const RETIRED = "deleted by an operator";
const SECONDS_PER_DAY = 86_400;
