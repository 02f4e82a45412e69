import { PERMANENT_CODES } from "../../contract/error-codes";
import { PREVIEW_PREFIX } from "../../contract/names";
import { hasExpired, type ImageRecord, latestLeaseEnd } from "../../lambda-src/records/image-record";
import type { Clock, Decision, LogFields } from "../../lambda-src/records/ports";
import { parseUploadEvent } from "../../lambda-src/records/upload-event";
import { ClaimHistory } from "./claim-history";
import { isFinal, isPermanentFailure } from "./final-record";
import { MAX_FLIGHT_MS } from "./network";
import { OperatorChanges } from "./operator-changes";
import { type Photo, PREVIEW_NAMES, previewContent, SOURCE_BUCKET } from "./photo";
import type { SimulatedBuckets } from "./simulated-buckets";
import type { SimulatedInvocation } from "./simulated-invocation";
import type { RecordWrite, SimulatedTable } from "./simulated-table";

/** What must hold after every step of every schedule. */
export type Invariant =
  | "one item per upload"
  | "attempts only grow"
  | "every claim renews the time to live, and nobody else changes it"
  | "an expired record counts as absent"
  | "no preview expires before the record that names it"
  | "a completed record never changes"
  | "a permanent failure never changes"
  | "a permanent failure is true"
  | "completed shows every preview"
  | "previews show their own upload"
  | "at most one effect per upload"
  | "only the holder writes a result"
  | "nobody takes over from a living holder"
  | "the recorder touches its own request only"
  | "an attempt that succeeds leaves the truth"
  | "an attempt that throws has a cause"
  | "the log tells the truth"
  | "every record of an event gets its turn"
  | "an operator reopens what is done, and nothing else of it changes"
  | "an operator changes only what is as it was seen"
  | "an operator deletes what is at rest, and nothing else of it changes"
  | "an operator deletes no original of another upload"
  | "an operator deletes no preview that is in use"
  | "a backfill makes no second record"
  | "a later verification heals"
  | "no dead letter is lost"
  | "nothing is written for what an operator deletes"
  | "nothing is left behind"
  | "nothing is lost"
  | "a replay heals";

export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
}

/** Two clocks that agree may differ by this much, and a lease is written by one and read by another. */
const CLOCK_TOLERANCE_MS = 500;

/** Between the steps of a deletion that somebody has not given up. */
const LONGEST_DELETION_MS = 3_600_000;

/** What an attempt may leave on a record. */
const RESULTS = ["previews", "previewDetails", "width", "height", "format", "placeholder"] as const;

/** What a command of an operator has read. */
interface Knowledge {
  /** Since it looked at the image's previews. */
  readonly records: Map<string, ImageRecord | undefined>;
  readonly lastSeen: Map<string, ImageRecord | undefined>;
  readonly previewAgesMs: Map<string, number>;
}

/** Compares what the system does, step by step, with what is true about each photo. Keeps the first violation. */
export class Invariants {
  violation?: Violation;
  /** By how much any two clocks differed at most, in ms. */
  maxClockDifferenceMs = 0;
  readonly #claims = new ClaimHistory();
  readonly #commits = new Map<string, number>();
  readonly #reported = new Map<string, number>();
  readonly #operator = new OperatorChanges();
  readonly #knowledge = new Map<SimulatedInvocation, Knowledge>();
  #hasUnrecorded = false;
  /** Previews that were deleted while they were being written anew: see `previewDeleted`. */
  readonly #gaps = new Set<string>();

  get clocksAgree(): boolean {
    return this.maxClockDifferenceMs <= CLOCK_TOLERANCE_MS;
  }

  constructor(
    private readonly buckets: SimulatedBuckets,
    private readonly recordTtlSeconds: number,
    private readonly nowMs: () => number,
    private readonly operatorClock: Clock,
    private readonly longestProcessingMs: number,
  ) {}

  /** @param failedRequestId of the request that a recorder's invocation is about */
  recordWritten({ before, after, writer }: RecordWrite, failedRequestId: string | undefined): void {
    const photo = this.buckets.uploadOf(after.imageId);
    if (!photo || after.timestamp !== Math.floor(photo.putAtMs / 1000))
      this.#broken("one item per upload", `a write to ${after.imageId} at ${after.timestamp}`);
    this.#operator.takenOver(after.imageId);
    const isClaim = failedRequestId === undefined && after.processingStatus === "processing";
    const earlier = this.#sameLife(before, after, isClaim, writer);
    this.#checkHistory(earlier, after, isClaim);
    if (failedRequestId !== undefined) this.#checkRecorder(earlier, after, writer, failedRequestId);
    else if (isClaim) this.#checkClaim(before, after, writer);
    else this.#checkResult(after, writer);
    if (photo && isPermanentFailure(after)) this.#checkRejection(after, photo);
    if (after.processingStatus === "pending" && PERMANENT_CODES.some((code) => code === after.errorCode))
      this.#broken("a permanent failure never changes", `${after.errorCode} waits for another attempt`);
  }

  /** What an operator's command wrote. */
  recordOperatedOn(before: ImageRecord | undefined, after: ImageRecord, operator: SimulatedInvocation): void {
    const seen = this.#knowledgeOf(operator).lastSeen.get(after.imageId);
    if (
      before?.attempts !== seen?.attempts ||
      before?.processingStatus !== seen?.processingStatus ||
      before?.ttl !== seen?.ttl
    )
      this.#broken("an operator changes only what is as it was seen", `${after.imageId} by ${operator.name}`);
    if (!before) this.#broken("one item per upload", `an operator makes a record of ${after.imageId}`);
    else if (after.processingStatus === "pending") this.#recordReopened(before, after);
    else this.#recordRetired(before, after);
  }

  operatorRead(imageId: string, record: ImageRecord | undefined, reader: SimulatedInvocation): void {
    const { records, lastSeen } = this.#knowledgeOf(reader);
    records.set(imageId, record);
    lastSeen.set(imageId, record);
  }

  /** @param writtenAtMs undefined: there is no such preview */
  previewSeen(key: string, writtenAtMs: number | undefined, reader: SimulatedInvocation): void {
    const { records, previewAgesMs } = this.#knowledgeOf(reader);
    previewAgesMs.set(key, this.nowMs() - (writtenAtMs ?? this.nowMs()));
    // Right before a deletion the record is read again.
    const [, imageId = ""] = key.split("/");
    records.delete(imageId);
  }

  originalDeleted(imageId: string): void {
    if (!this.#operator.wasEverRetired(imageId))
      this.#broken("an operator deletes no original of another upload", imageId);
  }

  /**
   * A known gap: a preview that was left over when the operator looked is written anew and committed before the deletion arrives.
   * The next verification finds that it is missing.
   */
  previewDeleted(key: string, record: ImageRecord | undefined, deleter: SimulatedInvocation): void {
    const [, imageId = ""] = key.split("/");
    if (this.#operator.wasEverRetired(imageId)) return;
    const { records, previewAgesMs } = this.#knowledgeOf(deleter);
    const broken = () => this.#broken("an operator deletes no preview that is in use", `${key} of ${deleter.name}`);
    if ((previewAgesMs.get(key) ?? 0) < this.longestProcessingMs) broken();
    if (!record || hasExpired(record, deleter.now())) return;
    const seen = records.get(imageId);
    const isUsedBy = ({ previews = {} }: ImageRecord): boolean => Object.values(previews).includes(key);
    const wasInUse =
      seen && (seen.processingStatus === "pending" || seen.processingStatus === "processing" || isUsedBy(seen));
    if (records.has(imageId) && !wasInUse) this.#gaps.add(key);
    else if (record.processingStatus === "completed" && isUsedBy(record)) broken();
  }

  /** @param sent images of the events that the same process has sent before */
  letterDeleted(letterId: string, event: unknown, sent: ReadonlySet<string>): void {
    if (event === undefined) return;
    for (const record of parseUploadEvent(event, SOURCE_BUCKET))
      if (record.kind === "malformed" || (record.kind === "upload" && !sent.has(record.upload.imageId)))
        this.#broken("no dead letter is lost", letterId);
  }

  operatorFailed(name: string, error: unknown): void {
    this.#broken("an attempt that throws has a cause", `${name}: ${String(error)}`);
  }

  #recordReopened(before: ImageRecord, after: ImageRecord): void {
    const { imageId } = after;
    const isDone = before.processingStatus === "completed" || before.processingStatus === "failed";
    if (!isDone || !isRestKept(before, after) || after.processingStatus !== "pending")
      this.#broken(
        "an operator reopens what is done, and nothing else of it changes",
        `${imageId} was ${before.processingStatus}`,
      );
    this.#claims.reopened(imageId);
    this.#operator.reopened(imageId, this.nowMs());
  }

  #recordRetired(before: ImageRecord, after: ImageRecord): void {
    const { ttl: life = 0 } = before;
    const isKept = isRestKept({ ...before, ttl: after.ttl }, after) && (after.ttl ?? 0) >= life;
    // Or a delivery could claim it anew before all of it is deleted.
    const livesOn = (after.ttl ?? 0) * 1000 > this.operatorClock.now() + LONGEST_DELETION_MS;
    if (
      this.#livingHolder(before, this.operatorClock.now() - this.nowMs()) ||
      !isKept ||
      !livesOn ||
      !isPermanentFailure(after)
    )
      this.#broken(
        "an operator deletes what is at rest, and nothing else of it changes",
        `${after.imageId} was ${before.processingStatus}`,
      );
    this.#operator.retired(after.imageId, this.nowMs());
  }

  /** Who reopened it in vain, because its original was gone, finds it deleted. */
  recordDeleted({ imageId, errorCode, processingStatus }: ImageRecord): void {
    if (!this.isRetired(imageId) && errorCode !== "SOURCE_NOT_FOUND")
      this.#broken(
        "an operator deletes what is at rest, and nothing else of it changes",
        `${imageId} is ${processingStatus} again`,
      );
    this.#operator.deleted(imageId, this.nowMs());
  }

  recordExpired(imageId: string): void {
    this.#beginAnew(imageId);
  }

  isRetired(imageId: string): boolean {
    return this.#operator.isRetired(imageId);
  }

  /** Learning that another attempt is not done is a cause to throw. */
  recordRead(
    imageId: string,
    record: ImageRecord | undefined,
    reader: SimulatedInvocation,
    failedRequestId: string | undefined,
  ): void {
    if (failedRequestId !== undefined) this.#claims.recorderLooked(imageId, failedRequestId);
    const open = !record || !isFinal(record);
    const own = record?.processingStatus === "processing" && this.#claims.holderOf(imageId) === reader;
    if (open && !own) reader.causes.push("another attempt is not done");
  }

  /** A request that was under way when the image was deleted may arrive later: `verify` finds what it leaves. */
  previewWritten(key: string, content: string, sentAtMs: number): void {
    this.#gaps.delete(key);
    const [, imageId, file = ""] = key.split("/");
    const photo = this.buckets.uploadOf(imageId ?? "");
    if (!photo || content !== previewContent(photo.content, file.replace(/\.jpg$/, "")))
      this.#broken("previews show their own upload", `${key} holds "${content}"`);
    const toleranceMs = CLOCK_TOLERANCE_MS + this.maxClockDifferenceMs;
    if (photo?.deleted && sentAtMs - this.#operator.retiredAtMs(photo.imageId) > toleranceMs)
      this.#broken("nothing is written for what an operator deletes", key);
  }

  /** The previews of a record that has just become completed. */
  checkCompleted({ after: record, writer }: RecordWrite, { previews, previewTimes }: SimulatedBuckets): void {
    const { ttl = Number.POSITIVE_INFINITY } = record;
    const recordExpiresAtMs = ttl * 1000 - writer.clockSkewMs;
    for (const name of PREVIEW_NAMES) {
      const key = `${PREVIEW_PREFIX}${record.imageId}/${name}.jpg`;
      if (record.previews?.[name] !== key || (!previews.has(key) && !this.#isExcused(key)))
        this.#broken("completed shows every preview", `${key} is missing`);
      // S3 waits for the next midnight: no reason to count on it.
      if ((previewTimes.get(key) ?? this.nowMs()) + this.recordTtlSeconds * 1000 < recordExpiresAtMs)
        this.#broken("no preview expires before the record that names it", key);
    }
    this.#countAtMost(this.#mostEffects(record.imageId), this.#commits, record.imageId, "commits");
  }

  decided(
    decision: Decision,
    { imageId, reason }: LogFields,
    record: ImageRecord | undefined,
    { startedAtMs, clockSkewMs }: SimulatedInvocation,
  ): void {
    const status = record?.processingStatus;
    const lie = (): void => {
      // It was true when the invocation learned it.
      if (this.#operator.since(String(imageId), startedAtMs)) return;
      this.#broken("the log tells the truth", `${decision} is logged while ${imageId} is ${status}`);
    };
    if (decision === "completed") {
      if (status !== "completed") lie();
      const most = this.#mostEffects(String(imageId));
      this.#countAtMost(most, this.#reported, String(imageId), "reports of completion");
    }
    if (decision === "image_rejected" && !(record && isPermanentFailure(record))) lie();
    if (decision === "duplicate_skipped" && reason === undefined && !(record && isFinal(record))) lie();
    const isLeft = decision === "duplicate_skipped" || decision === "recorder_noop";
    if (isLeft && record && hasExpired(record, startedAtMs + clockSkewMs))
      this.#broken("an expired record counts as absent", `${imageId} is left as it is: ${decision}`);
  }

  /** Either function came to its end by itself. */
  invocationEnded({ name, causes }: SimulatedInvocation, error: unknown): void {
    if (error && causes.length === 0) this.#broken("an attempt that throws has a cause", `${name}: ${String(error)}`);
  }

  /** The recorder came to its end by itself. */
  recorderEnded(invocation: SimulatedInvocation, error: unknown, table: SimulatedTable): void {
    this.invocationEnded(invocation, error);
    const { name, photos, startedAtMs, clockSkewMs } = invocation;
    for (const { imageId } of photos) {
      const record = table.itemOf(imageId);
      if (!error && record && hasExpired(record, startedAtMs + clockSkewMs))
        this.#broken("nothing is lost", `${name} leaves ${imageId} past its time to live`);
    }
  }

  /** The processor came to its end by itself. */
  attemptEnded(invocation: SimulatedInvocation, error: unknown, table: SimulatedTable): void {
    const { name, photos, causes, touched } = invocation;
    this.invocationEnded(invocation, error);
    for (const { imageId } of photos) {
      if (!touched.has(imageId) && !causes.includes("stop"))
        this.#broken("every record of an event gets its turn", `${name} never looked at ${imageId}`);
      const record = table.itemOf(imageId);
      if (!error && !(record && isFinal(record)) && !this.#operator.since(imageId, invocation.startedAtMs))
        this.#broken("an attempt that succeeds leaves the truth", `${name} leaves ${record?.processingStatus}`);
    }
  }

  /**
   * Nothing is under way any more.
   * @param unrecorded request ids whose failure no recorder could write: their events wait in the dead letter queue
   */
  atRest(
    table: SimulatedTable,
    delivered: ReadonlyMap<Photo, readonly string[]>,
    unrecorded: ReadonlySet<string>,
  ): void {
    // A known gap: what no recorder could write has a dead letter and no record, so that a backfill takes it for new.
    this.#hasUnrecorded ||= unrecorded.size > 0;
    if (!this.#hasUnrecorded) this.#checkBackfilled(table);
    for (const [{ imageId }, requestIds] of delivered) {
      const record = table.itemOf(imageId);
      if (record && hasExpired(record, this.nowMs())) continue;
      const wasThere = this.isRetired(imageId) || this.#operator.lives(imageId) > 1;
      if (!record && !wasThere && !requestIds.some((id) => unrecorded.has(id)))
        this.#broken("nothing is lost", `${imageId} has no record`);
      const open = record?.processingStatus === "pending" || record?.processingStatus === "processing";
      const isKnown = this.#claims.isStray(imageId) || this.#operator.isWaiting(imageId);
      if (open && !unrecorded.has(record.leaseOwner ?? "") && !isKnown)
        this.#broken("nothing is left behind", `${imageId} is ${record.processingStatus} of ${record.leaseOwner}`);
    }
  }

  #knowledgeOf(operator: SimulatedInvocation): Knowledge {
    const known = this.#knowledge.get(operator) ?? {
      records: new Map(),
      lastSeen: new Map(),
      previewAgesMs: new Map(),
    };
    this.#knowledge.set(operator, known);
    return known;
  }

  healed(table: SimulatedTable, { previews }: SimulatedBuckets): void {
    for (const record of table.items()) {
      const { imageId, processingStatus } = record;
      // Gone for the operator, whose clock may be ahead, or for everybody.
      if (hasExpired(record, Math.max(this.nowMs(), this.operatorClock.now()))) continue;
      if (!isFinal(record)) this.#broken("a replay heals", `${imageId} is ${processingStatus}`);
      const isComplete = Object.values(record.previews ?? {}).every((key) => previews.has(key));
      const photo = this.buckets.uploadOf(imageId);
      if (processingStatus === "completed" && !isComplete && !this.#isGone(photo))
        this.#broken("a later verification heals", imageId);
      if (this.isRetired(imageId))
        this.#broken("nothing is written for what an operator deletes", `${imageId} is ${processingStatus}`);
    }
  }

  /**
   * The record before a write, or undefined where that begins a new life. Claims, and the recorder where it creates a record,
   * tell by the time to live when they were made.
   */
  #sameLife(
    before: ImageRecord | undefined,
    after: ImageRecord,
    isClaim: boolean,
    writer: SimulatedInvocation,
  ): ImageRecord | undefined {
    if (!isClaim && before && after.ttl === before.ttl) return before;
    const { startedAtMs, clockSkewMs } = writer;
    const madeAt = (after.ttl ?? 0) - this.recordTtlSeconds;
    const earliest = Math.floor((startedAtMs + clockSkewMs) / 1000);
    if (madeAt < earliest || madeAt > Math.floor((this.nowMs() + clockSkewMs) / 1000))
      this.#broken(
        "every claim renews the time to live, and nobody else changes it",
        `${before?.ttl} -> ${after.ttl} by ${writer.name}`,
      );
    if (!before) return undefined;
    if (!hasExpired(before, madeAt * 1000)) return before;
    this.#beginAnew(after.imageId);
    const left = RESULTS.filter((attribute) => attribute in after);
    if (after.attempts !== Number(isClaim) || left.length > 0 || (isClaim && after.errorCode))
      this.#broken("an expired record counts as absent", `${after.imageId}: attempt ${after.attempts}, ${left}`);
    return undefined;
  }

  #beginAnew(imageId: string): void {
    if (this.isRetired(imageId) && this.nowMs() - this.#operator.retiredAtMs(imageId) < LONGEST_DELETION_MS)
      this.#broken("nothing is written for what an operator deletes", `${imageId} expires meanwhile`);
    this.#operator.beganAnew(imageId, this.nowMs());
  }

  #checkHistory(before: ImageRecord | undefined, after: ImageRecord, isClaim: boolean): void {
    if (!before) return;
    if (after.attempts < before.attempts) this.#broken("attempts only grow", `${before.attempts} -> ${after.attempts}`);
    if (!isClaim && after.ttl !== before.ttl)
      this.#broken(
        "every claim renews the time to live, and nobody else changes it",
        `${before.ttl} -> ${after.ttl} as ${after.processingStatus}`,
      );
    if (before.processingStatus === "completed")
      this.#broken("a completed record never changes", `${after.imageId} becomes ${after.processingStatus}`);
    if (isPermanentFailure(before))
      this.#broken("a permanent failure never changes", `${after.imageId} becomes ${after.processingStatus}`);
  }

  #checkClaim(before: ImageRecord | undefined, after: ImageRecord, claimant: SimulatedInvocation): void {
    if (before) this.#checkTakeover(before, claimant, claimant.requestId);
    this.#claims.claimed(after.imageId, claimant, this.clocksAgree);
  }

  #checkResult({ imageId, processingStatus }: ImageRecord, writer: SimulatedInvocation): void {
    if (this.#claims.holderOf(imageId) !== writer)
      this.#broken("only the holder writes a result", `${writer.name} writes ${processingStatus}`);
  }

  #checkRecorder(
    before: ImageRecord | undefined,
    { imageId }: ImageRecord,
    recorder: SimulatedInvocation,
    failedRequestId: string,
  ): void {
    this.#claims.recorderWrote(imageId, failedRequestId);
    if (!before) return;
    this.#checkTakeover(before, recorder, failedRequestId);
    const open = before.processingStatus === "processing" || before.leaseOwner === failedRequestId;
    if (!open || before.processingStatus === "failed")
      this.#broken("the recorder touches its own request only", `${recorder.name} found ${before.processingStatus}`);
  }

  #checkTakeover(before: ImageRecord, writer: SimulatedInvocation, requestId: string): void {
    const holder = this.#livingHolder(before, writer.clockSkewMs);
    if (holder && holder.requestId !== requestId)
      this.#broken("nobody takes over from a living holder", `${writer.name} takes over from ${holder.name}`);
  }

  /**
   * Who is at work under the record's lease, as far as its reader can know: the holder's clock wrote when the lease ends, and
   * the reader compares that with its own.
   */
  #livingHolder({ imageId, processingStatus }: ImageRecord, readerSkewMs: number): SimulatedInvocation | undefined {
    const holder = this.#claims.holderOf(imageId);
    if (processingStatus !== "processing" || !holder?.alive) return undefined;
    const readerNowMs = this.nowMs() + readerSkewMs;
    const leaseEndsAtMs = holder.diesAtMs + holder.clockSkewMs;
    const isLive =
      leaseEndsAtMs - readerNowMs > CLOCK_TOLERANCE_MS &&
      // The reader looked at its clock before it sent the request.
      latestLeaseEnd(readerNowMs - MAX_FLIGHT_MS) - leaseEndsAtMs > CLOCK_TOLERANCE_MS;
    return isLive ? holder : undefined;
  }

  /** Deleted while it was being written anew: by a verification that could not know, or with its image. */
  #isExcused(key: string): boolean {
    const [, imageId = ""] = key.split("/");
    return this.#gaps.has(key) || this.#operator.wasEverRetired(imageId);
  }

  #checkBackfilled(table: SimulatedTable): void {
    const { backfilled } = this.buckets;
    for (const { original } of backfilled) {
      const same = [original, ...backfilled.filter((other) => other.original === original)];
      const records = same.filter(({ imageId }) => table.itemOf(imageId) !== undefined);
      if (records.length > 1)
        this.#broken("a backfill makes no second record", `${original.key}: ${records.map(({ imageId }) => imageId)}`);
    }
  }

  /** Nobody can read its original any more. */
  #isGone(photo: Photo | undefined): boolean {
    if (!photo || photo.deleted) return true;
    return !photo.versionId && this.buckets.photos.findLast(({ key }) => key === photo.key)?.eTag !== photo.eTag;
  }

  /** Once in each life of its record, and once more each time that an operator reopens it. */
  #mostEffects(imageId: string): number {
    return this.#operator.lives(imageId) + this.#operator.reopenings(imageId);
  }

  #checkRejection({ imageId, errorCode }: ImageRecord, photo: Photo): void {
    const reasons: Readonly<Record<string, boolean>> = {
      DECODE_ERROR: photo.poison,
      INVALID_KEY: photo.invalidKey,
      SOURCE_NOT_FOUND: photo.deleted,
      SUPERSEDED:
        !photo.versionId &&
        this.buckets.photos.some(({ key, putAtMs }) => key === photo.key && putAtMs > photo.putAtMs),
    };
    if (!reasons[errorCode ?? ""]) this.#broken("a permanent failure is true", `${imageId} is not ${errorCode}`);
  }

  #countAtMost(most: number, counts: Map<string, number>, imageId: string, what: string): void {
    const count = (counts.get(imageId) ?? 0) + 1;
    counts.set(imageId, count);
    if (count > most) this.#broken("at most one effect per upload", `${imageId} has ${count} ${what}`);
  }

  #broken(invariant: Invariant, detail: string): void {
    this.violation ??= { invariant, detail };
  }
}

/** What an operator's update leaves alone. */
const isRestKept = (before: ImageRecord, after: ImageRecord): boolean =>
  after.attempts === before.attempts && after.ttl === before.ttl && after.previews === before.previews;
