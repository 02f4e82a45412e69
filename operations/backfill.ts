import { DynamoDbRecordStore } from "../lambda-src/aws/dynamodb-record-store";
import type { RecordKey } from "../lambda-src/records/image-record";
import { encodeObjectKey, userIdOf } from "../lambda-src/records/object-key";
import { backfillSequencer } from "./backfill-sequencer";
import { type ListedObject, listUploads } from "./listed-objects";
import { Pace } from "./pace";
import type { Pipeline } from "./pipeline-clients";
import { sendToProcessor } from "./send-to-processor";
import { eventOfRecord, uploadEvent } from "./upload-event";
import { UserUploadsCache } from "./user-uploads-cache";

/** Invocations under way; more than any rate needs that the processor can follow. */
const MAX_IN_FLIGHT = 32;
/** S3 answers a GET of these only after they were restored. */
const ARCHIVES: readonly string[] = ["GLACIER", "DEEP_ARCHIVE"];

/** `resumed`: its record was there, unfinished, and is the one that is processed again. */
export type BackfillOutcome = "sent" | "resumed" | "known" | "too_young" | "archived";
export const BACKFILL_OUTCOMES: readonly BackfillOutcome[] = ["sent", "resumed", "known", "too_young", "archived"];
export type BackfillCounts = Readonly<Record<BackfillOutcome, number>>;

export interface BackfillOptions {
  /** Begins with `uploads/`. */
  readonly prefix: string;
  /** Epoch ms. Younger objects are left out: see `backfillAge`. */
  readonly uploadedBeforeMs: number;
  readonly perSecond: number;
  /** Everything up to this key was done before. */
  readonly resumeAfter?: string;
  /** Looks and counts, and invokes nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Told in the order of the keys: everything up to this key is done. */
  readonly onDone: (key: string, outcome: BackfillOutcome) => void;
}

/**
 * Sends objects that have no record to the processor, as S3 would have done. Returns when all are sent, or soon after the
 * signal, with everything settled that was begun.
 *
 * Safe to run twice, or beside live traffic: an object always gets the same identity, and whatever is sent twice under one identity
 * has one effect.
 */
export async function backfill(options: BackfillOptions, pipeline: Pipeline): Promise<void> {
  const { prefix, resumeAfter, signal } = options;
  const run = new Backfill(options, pipeline);
  try {
    for await (const page of listUploads({ prefix, startAfter: resumeAfter, signal }, pipeline)) {
      run.users.expect(page.map(({ key }) => userIdOf(key)));
      for (const object of page) {
        if (signal.aborted) return;
        await run.take(object);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await run.settle();
  }
}

class Backfill {
  readonly users: UserUploadsCache;
  readonly #pace: Pace;
  /** In the order of the keys. */
  readonly #inFlight: { readonly key: string; readonly work: Promise<BackfillOutcome>; isSettled: boolean }[] = [];

  constructor(
    private readonly options: BackfillOptions,
    private readonly pipeline: Pipeline,
  ) {
    this.users = new UserUploadsCache(pipeline, options.signal);
    this.#pace = new Pace(options.perSecond);
  }

  /** Begins with an object; waits for the earliest ones when too many are under way. */
  async take(object: ListedObject): Promise<void> {
    const { key } = object;
    const decision = await this.#decide(object);
    if (typeof decision === "string") this.#add(key, Promise.resolve(decision));
    else {
      if (!this.options.dryRun) await this.#pace.next(this.options.signal);
      this.#add(key, this.#send(object, decision.known));
    }
    while (this.#inFlight[0]?.isSettled || this.#inFlight.length >= MAX_IN_FLIGHT) await this.#finishFirst();
  }

  async settle(): Promise<void> {
    while (this.#inFlight.length > 0) await this.#finishFirst();
  }

  #add(key: string, work: Promise<BackfillOutcome>): void {
    const entry = { key, work, isSettled: false };
    const settle = () => {
      entry.isSettled = true;
    };
    // Its failure is met in its turn.
    work.then(settle, settle);
    this.#inFlight.push(entry);
  }

  async #finishFirst(): Promise<void> {
    const [first] = this.#inFlight;
    if (!first) return;
    try {
      const outcome = await first.work;
      this.#inFlight.shift();
      this.options.onDone(first.key, outcome);
    } catch (error) {
      // Nothing behind it counts as done: it is where the next run goes on.
      this.#inFlight.length = 0;
      throw error;
    }
  }

  async #decide(object: ListedObject): Promise<BackfillOutcome | { readonly known?: RecordKey }> {
    if (object.lastModified.getTime() > this.options.uploadedBeforeMs) return "too_young";
    if (ARCHIVES.includes(object.storageClass ?? "")) return "archived";
    const known = (await this.users.of(userIdOf(object.key))).find(object.key, object.eTag);
    if (known === "finished") return "known";
    return known === "unknown" ? {} : { known };
  }

  async #send(object: ListedObject, known: RecordKey | undefined): Promise<BackfillOutcome> {
    const resumed = known && (await this.#eventOf(known));
    if (!this.options.dryRun) await sendToProcessor(JSON.stringify(resumed ?? this.#newEvent(object)), this.pipeline);
    return resumed ? "resumed" : "sent";
  }

  async #eventOf(key: RecordKey) {
    const records = new DynamoDbRecordStore(this.pipeline.dynamodb, this.pipeline.metadataTable);
    const record = await records.read(key, new AbortController().signal);
    return record && eventOfRecord(record, this.pipeline);
  }

  #newEvent({ key, sizeBytes, eTag, lastModified }: ListedObject) {
    return uploadEvent({
      bucket: this.pipeline.sourceBucket,
      region: this.pipeline.region,
      encodedKey: encodeObjectKey(key),
      sizeBytes,
      eTag,
      sequencer: backfillSequencer(lastModified, eTag),
      time: lastModified,
    });
  }
}
