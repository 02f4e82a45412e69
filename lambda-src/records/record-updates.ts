import { type ErrorCode, RETRYABLE_CODES } from "./errors";
import type { ImageRecord, RecordKey } from "./image-record";
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
 *   An operator, and nobody else:  completed | failed ──reopen──▶ pending,  anything at rest ──retire──▶ failed, then deleted
 *
 *   one attempt:   claim(owner, n) ........ work ........ commit | reject | postpone (owner, n)
 *   its crash:     claim(owner, n) .... ✗        lease expires, or the same request comes back: claim(owner, n+1)
 *   its zombie:    claim(owner, n) ................................ claim(other, n+1) .... commit(owner, n) refused
 *   its straggler: claim(owner, n) ✗  sent, on its way ........ recordFailure(owner) .... claim(owner, n) refused
 *
 * Retries of an invocation share its request id, so the owner alone is no fence: the attempt is.
 */

export type Clause =
  | { readonly kind: "absent"; readonly attribute: keyof ImageRecord }
  | { readonly kind: "equals"; readonly attribute: keyof ImageRecord; readonly value: string | number }
  | { readonly kind: "below"; readonly attribute: keyof ImageRecord; readonly value: number }
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
const noItem = lacks("imageId");
const leaseEndedBefore = (nowMs: number): Clause => ({ kind: "below", attribute: "leaseExpiresAt", value: nowMs });
const leaseExpired = (nowMs: number): Clause => all(statusIs("processing"), leaseEndedBefore(nowMs));
/** Recorded before `nowMs`: a dead attempt's claim, still on its way when the failure was recorded, comes too late. */
const failedRetryably = (nowMs: number): Clause =>
  all(
    statusIs("failed"),
    { kind: "oneOf", attribute: "errorCode", values: RETRYABLE_CODES },
    any(lacks("leaseExpiresAt"), leaseEndedBefore(nowMs)),
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

/** @param timeToLive epoch seconds, counted from the first claim: counted from the event, a backfilled photo would expire at once */
export const claim = (upload: Upload, lease: Lease, nowMs: number, timeToLive: number): RecordUpdate => ({
  key: keyOf(upload),
  condition: any(noItem, statusIs("pending"), failedRetryably(nowMs), leaseExpired(nowMs), leaseHeldBy(lease.owner)),
  set: {
    ...identityOf(upload),
    processingStatus: "processing",
    leaseOwner: lease.owner,
    leaseExpiresAt: lease.expiresAtMs,
  },
  setIfAbsent: { ttl: timeToLive },
  increment: "attempts",
});

export type Result = Required<
  Pick<
    ImageRecord,
    "previews" | "previewDetails" | "originalSize" | "processedAt" | "width" | "height" | "format" | "placeholder"
  >
>;

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
  /** Epoch seconds. */
  readonly timeToLive: number;
}

/** No attempt will follow: the request that owned this image gave up, died, or never started. */
export const recordFailure = (upload: Upload, failure: RecordedFailure): RecordUpdate => ({
  key: keyOf(upload),
  condition: any(
    noItem,
    all(any(statusIs("pending"), statusIs("processing")), ownedBy(failure.owner)),
    leaseExpired(failure.nowMs),
  ),
  set: {
    ...identityOf(upload),
    processingStatus: "failed",
    errorCode: failure.code,
    errorMessage: failure.message,
    processedAt: Math.floor(failure.nowMs / 1000),
    // Ends the lease: see `failedRetryably`.
    leaseExpiresAt: failure.nowMs,
  },
  setIfAbsent: { ttl: failure.timeToLive, attempts: 0 },
});

/** A record as an operator saw it: whatever happened since makes the operator's update refused. */
type Seen = RecordKey & Pick<ImageRecord, "processingStatus"> & Partial<Pick<ImageRecord, "attempts">>;
const unchangedSince = ({ processingStatus, attempts }: Seen): Clause =>
  all(statusIs(processingStatus), attempts === undefined ? lacks("attempts") : atAttempt(attempts));

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
 * The caller makes sure that no lease is live, so that no attempt writes previews either.
 */
export const retire = (seen: Seen, processedAt: number): RecordUpdate => ({
  key: keyOf(seen),
  condition: unchangedSince(seen),
  set: { processingStatus: "failed", errorCode: "SOURCE_NOT_FOUND", errorMessage: RETIRED, processedAt },
});
const RETIRED = "deleted by an operator";
