import { PREVIEW_PREFIX } from "../../contract/names";
import { PERMANENT_CODES } from "../../lambda-src/records/errors";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { Decision, LogFields } from "../../lambda-src/records/ports";
import { ClaimHistory } from "./claim-history";
import { isFinal, isPermanentFailure } from "./final-record";
import { OperatorChanges } from "./operator-changes";
import { type Photo, PREVIEW_NAMES, previewContent } from "./photo";
import type { SimulatedBuckets } from "./simulated-buckets";
import type { SimulatedInvocation } from "./simulated-invocation";
import type { RecordWrite, SimulatedTable } from "./simulated-table";

/** What must hold after every step of every schedule. */
export type Invariant =
  | "one item per upload"
  | "attempts only grow"
  | "the time to live never changes"
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
  | "an operator deletes what is at rest, and nothing else of it changes"
  | "nothing is written for what an operator deletes"
  | "nothing is left behind"
  | "nothing is lost"
  | "a replay heals";

export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
}

/** Two clocks may differ by this much, and a lease is written by one and read by another. */
const CLOCK_TOLERANCE_MS = 500;

/** Compares what the system does, step by step, with what is true about each photo. Keeps the first violation. */
export class Invariants {
  violation?: Violation;
  readonly #claims = new ClaimHistory();
  readonly #commits = new Map<string, number>();
  readonly #reported = new Map<string, number>();
  readonly #operator = new OperatorChanges();

  constructor(
    private readonly photos: readonly Photo[],
    private readonly nowMs: () => number,
  ) {}

  /** @param failedRequestId of the request that a recorder's invocation is about */
  recordWritten({ before, after, writer }: RecordWrite, failedRequestId: string | undefined): void {
    const photo = this.photos.find(({ imageId }) => imageId === after.imageId);
    if (!photo || after.timestamp !== Math.floor(photo.putAtMs / 1000))
      this.#broken("one item per upload", `a write to ${after.imageId} at ${after.timestamp}`);
    this.#checkHistory(before, after);
    this.#operator.takenOver(after.imageId);
    if (failedRequestId !== undefined) this.#checkRecorder(before, after, writer, failedRequestId);
    else if (after.processingStatus === "processing") this.#checkClaim(before, after, writer);
    else this.#checkResult(after, writer);
    if (photo && isPermanentFailure(after)) this.#checkRejection(after, photo);
    if (after.processingStatus === "pending" && PERMANENT_CODES.some((code) => code === after.errorCode))
      this.#broken("a permanent failure never changes", `${after.errorCode} waits for another attempt`);
  }

  recordReopened(before: ImageRecord, after: ImageRecord): void {
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

  recordRetired(before: ImageRecord, after: ImageRecord): void {
    if (this.#livingHolder(before) || !isRestKept(before, after) || !isPermanentFailure(after))
      this.#broken(
        "an operator deletes what is at rest, and nothing else of it changes",
        `${after.imageId} was ${before.processingStatus}`,
      );
    this.#operator.retired(after.imageId, this.nowMs());
  }

  recordDeleted(imageId: string): void {
    this.#operator.retired(imageId, this.nowMs());
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
    const [, imageId, file = ""] = key.split("/");
    const photo = this.photos.find((candidate) => candidate.imageId === imageId);
    if (!photo || content !== previewContent(photo.content, file.replace(/\.jpg$/, "")))
      this.#broken("previews show their own upload", `${key} holds "${content}"`);
    if (photo?.deleted && sentAtMs - this.#operator.retiredAtMs(photo.imageId) > CLOCK_TOLERANCE_MS)
      this.#broken("nothing is written for what an operator deletes", key);
  }

  /** The previews of a record that has just become completed. */
  checkCompleted(record: ImageRecord, { previews }: SimulatedBuckets): void {
    for (const name of PREVIEW_NAMES) {
      const key = `${PREVIEW_PREFIX}${record.imageId}/${name}.jpg`;
      if (record.previews?.[name] !== key || !previews.has(key))
        this.#broken("completed shows every preview", `${key} is missing`);
    }
    this.#countAtMost(1 + this.#operator.reopenings(record.imageId), this.#commits, record.imageId, "commits");
  }

  decided(
    decision: Decision,
    { imageId, reason }: LogFields,
    record: ImageRecord | undefined,
    { startedAtMs }: SimulatedInvocation,
  ): void {
    const status = record?.processingStatus;
    const lie = (): void => {
      // It was true when the invocation learned it.
      if (this.#operator.since(String(imageId), startedAtMs)) return;
      this.#broken("the log tells the truth", `${decision} is logged while ${imageId} is ${status}`);
    };
    if (decision === "completed") {
      if (status !== "completed") lie();
      const most = 1 + this.#operator.reopenings(String(imageId));
      this.#countAtMost(most, this.#reported, String(imageId), "reports of completion");
    }
    if (decision === "image_rejected" && !(record && isPermanentFailure(record))) lie();
    if (decision === "duplicate_skipped" && reason === undefined && !(record && isFinal(record))) lie();
  }

  /** Either function came to its end by itself. */
  invocationEnded({ name, causes }: SimulatedInvocation, error: unknown): void {
    if (error && causes.length === 0) this.#broken("an attempt that throws has a cause", `${name}: ${String(error)}`);
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
    for (const [{ imageId }, requestIds] of delivered) {
      const record = table.itemOf(imageId);
      if (!record && !this.isRetired(imageId) && !requestIds.some((id) => unrecorded.has(id)))
        this.#broken("nothing is lost", `${imageId} has no record`);
      const open = record?.processingStatus === "pending" || record?.processingStatus === "processing";
      const isKnown = this.#claims.isStray(imageId) || this.#operator.isWaiting(imageId);
      if (open && !unrecorded.has(record.leaseOwner ?? "") && !isKnown)
        this.#broken("nothing is left behind", `${imageId} is ${record.processingStatus} of ${record.leaseOwner}`);
    }
  }

  healed(table: SimulatedTable): void {
    for (const record of table.items()) {
      const { imageId, processingStatus } = record;
      if (!isFinal(record)) this.#broken("a replay heals", `${imageId} is ${processingStatus}`);
      if (this.isRetired(imageId))
        this.#broken("nothing is written for what an operator deletes", `${imageId} is ${processingStatus}`);
    }
  }

  #checkHistory(before: ImageRecord | undefined, after: ImageRecord): void {
    if (!before) return;
    if (after.attempts < before.attempts) this.#broken("attempts only grow", `${before.attempts} -> ${after.attempts}`);
    if (after.ttl !== before.ttl) this.#broken("the time to live never changes", `${before.ttl} -> ${after.ttl}`);
    if (before.processingStatus === "completed")
      this.#broken("a completed record never changes", `${after.imageId} becomes ${after.processingStatus}`);
    if (isPermanentFailure(before))
      this.#broken("a permanent failure never changes", `${after.imageId} becomes ${after.processingStatus}`);
  }

  #checkClaim(before: ImageRecord | undefined, after: ImageRecord, claimant: SimulatedInvocation): void {
    if (before) this.#checkTakeover(before, claimant, claimant.requestId);
    this.#claims.claimed(after.imageId, claimant);
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
    const holder = this.#livingHolder(before);
    if (holder && holder.requestId !== requestId)
      this.#broken("nobody takes over from a living holder", `${writer.name} takes over from ${holder.name}`);
  }

  /** Who is at work under the record's lease, and for longer than clocks may differ. */
  #livingHolder({ imageId, processingStatus }: ImageRecord): SimulatedInvocation | undefined {
    const holder = this.#claims.holderOf(imageId);
    const lives = holder?.alive && holder.diesAtMs - this.nowMs() > CLOCK_TOLERANCE_MS;
    return processingStatus === "processing" && lives ? holder : undefined;
  }

  #checkRejection({ imageId, errorCode }: ImageRecord, photo: Photo): void {
    const reasons: Readonly<Record<string, boolean>> = {
      DECODE_ERROR: photo.poison,
      INVALID_KEY: photo.invalidKey,
      SOURCE_NOT_FOUND: photo.deleted,
      SUPERSEDED:
        !photo.versionId && this.photos.some(({ key, putAtMs }) => key === photo.key && putAtMs > photo.putAtMs),
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
