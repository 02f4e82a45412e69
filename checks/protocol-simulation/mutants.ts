import type { ErrorCode } from "../../contract/error-codes";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { Processor } from "../../lambda-src/records/process-upload";
import type { Claim, Clause, RecordUpdate } from "../../lambda-src/records/record-updates";
import type { Upload } from "../../lambda-src/records/upload-event";
import type { Pipeline } from "../../operations/pipeline-clients";

/** What the modules that mutants are made of export. What is private in them has no name here. */
interface Modules {
  readonly "lambda-src/aws/dynamodb-record-store": typeof import("../../lambda-src/aws/dynamodb-record-store");
  readonly "lambda-src/records/image-lease": typeof import("../../lambda-src/records/image-lease");
  readonly "lambda-src/records/image-record": typeof import("../../lambda-src/records/image-record");
  readonly "lambda-src/records/process-event": typeof import("../../lambda-src/records/process-event");
  readonly "lambda-src/records/process-upload": typeof import("../../lambda-src/records/process-upload");
  readonly "lambda-src/records/record-failed-event": typeof import("../../lambda-src/records/record-failed-event");
  readonly "lambda-src/records/record-updates": typeof import("../../lambda-src/records/record-updates");
  readonly "operations/backfill-age": typeof import("../../operations/backfill-age");
  readonly "operations/backfill-sequencer": typeof import("../../operations/backfill-sequencer");
  readonly "operations/dead-letter": typeof import("../../operations/dead-letter");
  readonly "operations/delete-image": typeof import("../../operations/delete-image");
  readonly "operations/head-object": typeof import("../../operations/head-object");
  readonly "operations/image-progress": typeof import("../../operations/image-progress");
  readonly "operations/replay": typeof import("../../operations/replay");
  readonly "operations/reprocess": typeof import("../../operations/reprocess");
  readonly "operations/send-to-processor": typeof import("../../operations/send-to-processor");
  readonly "operations/user-uploads": typeof import("../../operations/user-uploads");
  readonly "operations/verify": typeof import("../../operations/verify");
}

/** One defect: exports of one module that behave otherwise, for everybody who imports them. */
export interface Mutant {
  readonly name: string;
  /** Its path without extension, from the root of the project. */
  readonly module: string;
  readonly mutate: (real: never, load: (module: string) => Record<string, unknown>) => object;
}

const mutant = <M extends keyof Modules>(
  module: M,
  name: string,
  mutate: (real: Modules[M], load: (module: string) => Record<string, unknown>) => Partial<Modules[M]>,
): Mutant => ({ module, name, mutate: mutate as Mutant["mutate"] });

const ALWAYS: Clause = { kind: "all", clauses: [] };
const NEVER: Clause = { kind: "any", clauses: [] };
/** Also for DynamoDB, which takes no empty condition. */
const ANY_ITEM: Clause = { kind: "below", attribute: "attempts", value: 1_000 };

const replaced = (clause: Clause, find: (clause: Clause) => boolean, by: Clause): Clause => {
  if (find(clause)) return by;
  if (clause.kind !== "all" && clause.kind !== "any") return clause;
  return { ...clause, clauses: clause.clauses.map((part) => replaced(part, find, by)) };
};
const without = (clause: Clause, find: (clause: Clause) => boolean): Clause =>
  clause.kind === "all" || clause.kind === "any"
    ? { ...clause, clauses: clause.clauses.filter((part) => !find(part)).map((part) => without(part, find)) }
    : clause;
const about =
  (attribute: keyof ImageRecord, ...kinds: readonly Clause["kind"][]) =>
  (clause: Clause): boolean =>
    "attribute" in clause && clause.attribute === attribute && (kinds.length === 0 || kinds.includes(clause.kind));
const status = (value: string) => (clause: Clause) =>
  clause.kind === "equals" && clause.attribute === "processingStatus" && clause.value === value;
const anyOf = (find: (clause: Clause) => boolean) => (clause: Clause) =>
  clause.kind === "any" && clause.clauses.some(find);

type Update = (...parameters: never[]) => RecordUpdate;
/** The same update, changed. */
const changing = <F extends Update>(make: F, change: (update: RecordUpdate) => RecordUpdate): F =>
  ((...parameters: never[]) => change(make(...parameters))) as F;
const conditioned = <F extends Update>(make: F, change: (condition: Clause) => Clause): F =>
  changing(make, (update) => ({ ...update, condition: change(update.condition) }));
const setting = <F extends Update>(make: F, set: Partial<ImageRecord>): F =>
  changing(make, (update) => ({ ...update, set: { ...update.set, ...set } }));

const UPDATES = "lambda-src/records/record-updates";
const LEASE = "lambda-src/records/image-lease";
const RECORD = "lambda-src/records/image-record";
const UPLOAD = "lambda-src/records/process-upload";
const EVENT = "lambda-src/records/process-event";
const RECORDER = "lambda-src/records/record-failed-event";

const resultsWith = (change: (condition: Clause) => Clause) => (real: Modules[typeof UPDATES]) => ({
  commit: conditioned(real.commit, change),
  reject: conditioned(real.reject, change),
  postpone: conditioned(real.postpone, change),
});
const claimsWith = (change: (condition: Clause) => Clause) => (real: Modules[typeof UPDATES]) => ({
  claim: conditioned(real.claim, change),
});
const failuresWith = (change: (condition: Clause) => Clause) => (real: Modules[typeof UPDATES]) => ({
  recordFailure: conditioned(real.recordFailure, change),
});
const leaseWith =
  (leaseExpiresAt: (expiresAtMs: number, nowMs: number) => number) => (real: Modules[typeof UPDATES]) => {
    const other =
      (make: typeof real.claim): typeof real.claim =>
      (upload, lease, nowMs, ttl) =>
        make(upload, { ...lease, expiresAtMs: leaseExpiresAt(lease.expiresAtMs, nowMs) }, nowMs, ttl);
    return { claim: other(real.claim), claimAnew: other(real.claimAnew) };
  };
const isOpen = anyOf(status("pending"));

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
const isOf = (current: ImageRecord | undefined, held: Claim): boolean => current?.leaseOwner === held.leaseOwner;

/** Another outcome where the holder's write ended so. */
const writingWith =
  (
    change: (
      current: ImageRecord | undefined,
      held: Claim,
      LeaseLost: new (message: string) => Error,
    ) => ImageRecord["processingStatus"] | "as it is" | undefined,
  ) =>
  (real: Modules[typeof LEASE], load: (module: string) => Record<string, unknown>): Partial<Modules[typeof LEASE]> => ({
    writeAsHolder: async (held, update, signal, desk) => {
      const item = await desk.records.update(update, signal);
      if (!("refused" in item)) return item.processingStatus;
      const current = await desk.records.read(update.key, signal);
      const { LeaseLost } = load("lambda-src/records/errors") as { LeaseLost: new (message: string) => Error };
      const outcome = change(current, held, LeaseLost);
      return outcome === "as it is" ? real.writeAsHolder(held, update, signal, desk) : outcome;
    },
  });

const processingWith =
  (change: (upload: Upload, processor: Processor) => readonly [Upload, Processor]) => (real: Modules[typeof UPLOAD]) =>
    ({
      processUpload: (upload, invocation, processor) => {
        const [otherUpload, otherProcessor] = change(upload, processor);
        return real.processUpload(otherUpload, invocation, otherProcessor);
      },
    }) satisfies Partial<Modules[typeof UPLOAD]>;

type Send = (command: object, options?: object) => Promise<Record<string, unknown>>;
/** A pipeline whose answers to one kind of command are others. */
const answering = (
  pipeline: Pipeline,
  command: string,
  answer: (input: Record<string, unknown>, send: () => Promise<Record<string, unknown>>) => unknown,
): Pipeline => {
  const other = (client: unknown) => {
    const send = (client as { send: Send }).send;
    return {
      send: (sent: { input: Record<string, unknown> }, options?: object) =>
        sent.constructor.name === `${command}Command`
          ? answer(sent.input, () => send(sent, options))
          : send(sent, options),
    };
  };
  const { s3, dynamodb, sqs, lambda } = pipeline;
  const clients = { s3: other(s3), dynamodb: other(dynamodb), sqs: other(sqs), lambda: other(lambda) };
  return { ...pipeline, ...(clients as unknown as Pick<Pipeline, "s3" | "dynamodb" | "sqs" | "lambda">) };
};

const PROTOCOL: readonly Mutant[] = [
  mutant(
    UPDATES,
    "results are written without the attempt",
    resultsWith((all) => without(all, about("attempts"))),
  ),
  mutant(
    UPDATES,
    "results are written without the owner and the attempt",
    resultsWith((all) => without(all, (part) => about("attempts")(part) || about("leaseOwner")(part))),
  ),
  mutant(
    UPDATES,
    "results are written whatever the status",
    resultsWith((all) => without(all, about("processingStatus"))),
  ),
  mutant(
    UPDATES,
    "a live lease can be taken over",
    claimsWith((all) => replaced(all, about("leaseExpiresAt"), ALWAYS)),
  ),
  mutant(
    UPDATES,
    "an expired lease cannot be taken over",
    claimsWith((all) => replaced(all, about("leaseExpiresAt", "below", "above"), NEVER)),
  ),
  mutant(
    UPDATES,
    "a request cannot claim again what it holds",
    claimsWith((all) => replaced(all, about("leaseOwner"), NEVER)),
  ),
  mutant(
    UPDATES,
    "a completed record can be claimed",
    claimsWith((all) =>
      replaced(all, status("pending"), {
        kind: "oneOf",
        attribute: "processingStatus",
        values: ["pending", "completed"],
      }),
    ),
  ),
  mutant(
    UPDATES,
    "a permanent failure can be claimed",
    claimsWith((all) => replaced(all, about("errorCode"), ALWAYS)),
  ),
  mutant(
    UPDATES,
    "a retryable failure cannot be claimed",
    claimsWith((all) => replaced(all, about("errorCode"), NEVER)),
  ),
  mutant(
    UPDATES,
    "a claim older than the recorded failure is accepted",
    claimsWith((all) => replaced(all, anyOf(about("leaseExpiresAt", "absent")), ALWAYS)),
  ),
  mutant(UPDATES, "a claim does not count its attempt", (real) => ({
    claim: changing(real.claim, ({ increment, ...update }) => ({ ...update, setIfAbsent: { attempts: 1 } })),
  })),
  mutant(UPDATES, "a claim keeps the time to live", (real) => ({
    claim: changing(real.claim, (update) => ({
      ...update,
      set: { ...update.set, ttl: undefined },
      setIfAbsent: { ttl: update.set.ttl },
    })),
  })),
  mutant(UPDATES, "the time to live is counted from the commit", (real) => ({
    commit: changing(real.commit, (update) => ({
      ...update,
      set: { ...update.set, ttl: (update.set.processedAt ?? 0) + 86_400 },
    })),
  })),
  mutant(RECORD, "a record past its time to live is still there", () => ({ hasExpired: () => false })),
  mutant(
    UPDATES,
    "an expired record is claimed as it is",
    claimsWith((all) => replaced(all, about("ttl", "above"), ALWAYS)),
  ),
  mutant(UPDATES, "a new life begins on top of another", (real) => ({
    claimAnew: conditioned(real.claimAnew, () => ALWAYS),
  })),
  mutant(UPDATES, "a new life keeps the results of the last one", (real) => ({
    claimAnew: changing(real.claimAnew, ({ remove, ...update }) => update),
  })),
  mutant(UPDATES, "a new life counts the attempts of the last one", (real) => ({
    claimAnew: changing(real.claimAnew, (update) => ({
      ...update,
      set: { ...update.set, attempts: undefined },
      increment: "attempts",
    })),
  })),
  mutant(LEASE, "a claim sent twice finds the new life taken", (real) => ({
    acquireLease: (upload, invocation, desk) => {
      let isAnew = false;
      const records: typeof desk.records = {
        read: (key, signal) => desk.records.read(key, signal),
        update: async (update, signal) => {
          if (isAnew && update.increment) return { refused: true };
          isAnew ||= update.set.attempts === 1;
          return desk.records.update(update, signal);
        },
      };
      return real.acquireLease(upload, invocation, { ...desk, records });
    },
  })),
  mutant(UPDATES, "the recorder counts an expired record as there", (real) => ({
    recordFailureAnew: real.recordFailure,
  })),
  mutant(UPDATES, "the recorder keeps the results of a life that is over", (real) => ({
    recordFailureAnew: changing(real.recordFailureAnew, (update) => ({ ...update, remove: ["leaseOwner"] })),
  })),
  mutant(RECORD, "a lease from a clock that is ahead counts until that time comes", () => ({
    latestLeaseEnd: (nowMs) => nowMs + 9_600_000,
  })),
  mutant(RECORD, "a lease counts for a minute at most", () => ({ latestLeaseEnd: (nowMs) => nowMs + 60_000 })),
  mutant(
    UPLOAD,
    "an original that came short is taken",
    processingWith((upload, processor) => [{ ...upload, sizeBytes: undefined }, processor]),
  ),
  mutant(
    UPDATES,
    "the lease lasts for an hour",
    leaseWith((expiresAtMs) => expiresAtMs + 3_600_000),
  ),
  mutant(
    UPDATES,
    "the lease ends before its holder does",
    leaseWith((_, nowMs) => nowMs + 2_000),
  ),
  mutant(
    UPDATES,
    "the recorder overwrites whatever it finds",
    failuresWith(() => ALWAYS),
  ),
  mutant(
    UPDATES,
    "the recorder overwrites another owner's lease",
    failuresWith((all) => replaced(all, about("leaseOwner"), ALWAYS)),
  ),
  mutant(
    UPDATES,
    "the recorder leaves processing alone",
    failuresWith((all) => replaced(all, isOpen, { kind: "equals", attribute: "processingStatus", value: "pending" })),
  ),
  mutant(
    UPDATES,
    "the recorder leaves pending alone",
    failuresWith((all) =>
      replaced(all, isOpen, { kind: "equals", attribute: "processingStatus", value: "processing" }),
    ),
  ),
  mutant(
    UPDATES,
    "the recorder does not create an item",
    failuresWith((all) => replaced(all, about("imageId"), NEVER)),
  ),
  mutant(RECORDER, "the recorder looks for its own request id", (real) => ({
    recordFailedEvent: (event, invocation, recorder) => {
      const { requestContext } = event as { readonly requestContext: object };
      const other = { ...(event as object), requestContext: { ...requestContext, requestId: invocation.requestId } };
      return real.recordFailedEvent(other, invocation, recorder);
    },
  })),
  mutant(RECORDER, "the recorder hides that the table did not answer", (real) => ({
    recordFailedEvent: (...parameters) => real.recordFailedEvent(...parameters).catch(() => undefined),
    recordFailedMessage: (...parameters) => real.recordFailedMessage(...parameters).catch(() => undefined),
  })),
  mutant(LEASE, "a refused result counts as written", () => ({
    writeAsHolder: async (_, update, signal, { records }) => {
      await records.update(update, signal);
      return update.set.processingStatus;
    },
  })),
  mutant(LEASE, "a refused claim counts as done", (real) => ({
    acquireLease: (...parameters) =>
      real.acquireLease(...parameters).catch((error: unknown) => {
        if (isNamed(error, "LeaseHeld")) return undefined;
        throw error;
      }),
  })),
  mutant(LEASE, "every failure counts as final", (real) => ({
    acquireLease: (upload, invocation, desk) =>
      real.acquireLease(upload, invocation, desk).catch(async (error: unknown) => {
        const current = await desk.records.read(upload, invocation.stop);
        if (isNamed(error, "LeaseHeld") && current?.processingStatus === "failed") return undefined;
        throw error;
      }),
  })),
  mutant(
    LEASE,
    "the recorder's failure counts as an own write",
    writingWith((current, held) =>
      isOf(current, held) && current?.attempts === held.attempts && current.processingStatus !== "processing"
        ? current.processingStatus
        : "as it is",
    ),
  ),
  mutant(
    LEASE,
    "another attempt's result counts as an own write",
    writingWith((current, held) =>
      isOf(current, held) && (current?.processingStatus === "pending" || current?.processingStatus === "completed")
        ? current.processingStatus
        : "as it is",
    ),
  ),
  mutant(
    LEASE,
    "a lost reply counts as a failure",
    writingWith((current, held, LeaseLost) => {
      if (isOf(current, held) && current?.attempts === held.attempts) throw new LeaseLost("lost");
      return "as it is";
    }),
  ),
  mutant(LEASE, "a lost lease is forgiven", (real) => ({
    writeAsHolder: (...parameters) =>
      real.writeAsHolder(...parameters).catch((error: unknown) => {
        if (isNamed(error, "LeaseLost")) return undefined;
        throw error;
      }),
  })),
  mutant(UPLOAD, "an error is swallowed", (real) => ({
    processUpload: (...parameters) => real.processUpload(...parameters).catch(() => undefined),
  })),
  mutant(LEASE, "an error before the claim is swallowed", (real) => ({
    acquireLease: (...parameters) =>
      real.acquireLease(...parameters).catch((error: unknown) => {
        if (isNamed(error, "LeaseHeld")) throw error;
        return undefined;
      }),
  })),
  mutant(LEASE, "an error is not recorded", (real) => ({
    writeAsHolder: async (held, update, signal, desk) =>
      update.set.processingStatus === "pending" ? undefined : real.writeAsHolder(held, update, signal, desk),
  })),
  mutant(UPDATES, "a permanent error is retried", (real) => ({
    reject: (held, code, message) => real.postpone(held, code, message),
  })),
  mutant(UPDATES, "a transient error is recorded for good", (real) => ({
    postpone: (held, _, message) => real.reject(held, "DECODE_ERROR" satisfies ErrorCode, message, 0),
  })),
  mutant(
    UPLOAD,
    "the result is committed before the previews are written",
    processingWith((upload, processor) => {
      const write: Processor["previews"]["write"] = async (...parameters) =>
        void processor.previews.write(...parameters).catch(() => undefined);
      return [upload, { ...processor, previews: { write } }];
    }),
  ),
  mutant(
    UPLOAD,
    "previews are shared by all versions of a key",
    processingWith((upload, processor) => {
      const write: Processor["previews"]["write"] = (key, ...rest) =>
        processor.previews.write(key.replace(upload.imageId, upload.key), ...rest);
      return [upload, { ...processor, previews: { write } }];
    }),
  ),
  mutant(
    UPLOAD,
    "whatever lies under the key is read",
    processingWith((upload, processor) => {
      const read: Processor["originals"]["read"] = ({ versionId, ...request }, signal) =>
        processor.originals.read({ ...request, eTag: "*" }, signal);
      return [upload, { ...processor, originals: { read } }];
    }),
  ),
  mutant(EVENT, "the error of one record stops the others", (real) => ({
    processEvent: (event, invocation, bucket, telemetry, process) => {
      let hasFailed = false;
      return real.processEvent(event, invocation, bucket, telemetry, async (upload) => {
        if (hasFailed) return;
        hasFailed = true;
        await process(upload);
        hasFailed = false;
      });
    },
  })),
  mutant(EVENT, "the errors of an event are swallowed", (real) => ({
    processEvent: (...parameters) => real.processEvent(...parameters).catch(() => undefined),
  })),
];

const isSource = ({ Bucket }: { readonly Bucket?: unknown }): boolean => Bucket === "photos";
/** Found records that say `failed` instead of that they are being worked on. */
const atRest = (pipeline: Pipeline): Pipeline =>
  answering(pipeline, "Query", async (_, send) => {
    const { Items } = (await send()) as { readonly Items: readonly Record<string, { readonly S?: string }>[] };
    return {
      Items: Items.map((item) =>
        ["pending", "processing"].includes(item.processingStatus?.S ?? "")
          ? { ...item, processingStatus: { S: "failed" } }
          : item,
      ),
    };
  });

const OPERATIONS: readonly Mutant[] = [
  mutant(UPDATES, "an operator reopens what somebody has claimed since", (real) => ({
    reopen: conditioned(real.reopen, () => ANY_ITEM),
  })),
  mutant(UPDATES, "an operator deletes what somebody has claimed since", (real) => ({
    retire: conditioned(real.retire, () => ANY_ITEM),
  })),
  mutant(UPDATES, "an operator takes a record for the one of its last life", (real) => ({
    reopen: conditioned(real.reopen, (all) => without(all, about("ttl"))),
    retire: conditioned(real.retire, (all) => without(all, about("ttl"))),
  })),
  mutant(UPDATES, "what is being deleted can expire", (real) => ({ retire: setting(real.retire, { ttl: undefined }) })),
  mutant(UPDATES, "what is being deleted can be claimed", (real) => ({
    retire: setting(real.retire, { errorCode: "S3_ERROR" }),
  })),
  mutant(UPDATES, "deleting begins to count anew", (real) => ({ retire: setting(real.retire, { attempts: 0 }) })),
  mutant(UPDATES, "reopening begins to count anew", (real) => ({ reopen: setting(real.reopen, { attempts: 0 }) })),
  mutant(UPDATES, "reopening takes the previews away", (real) => ({
    reopen: changing(real.reopen, (update) => ({ ...update, remove: [...(update.remove ?? []), "previews"] })),
  })),
  mutant("operations/image-progress", "an operator overlooks that somebody works on the image", () => ({
    isLeaseLive: () => false,
  })),
  mutant("lambda-src/aws/dynamodb-record-store", "an operator deletes without ending the record first", (real) => ({
    DynamoDbRecordStore: class extends real.DynamoDbRecordStore {
      override async update({ key }: RecordUpdate, signal: AbortSignal) {
        return (await this.read(key, signal)) ?? ({ refused: true } as const);
      }
    },
  })),
  mutant("operations/delete-image", "an operator deletes a record that was reopened since", (real) => ({
    deleteImage: (record, pipeline, options) =>
      real.deleteImage(
        record,
        answering(pipeline, "DeleteItem", (input, send) => {
          for (const name of Object.keys(input)) if (name !== "Key" && name !== "TableName") delete input[name];
          return send();
        }),
        options,
      ),
  })),
  mutant("operations/delete-image", "an operator deletes whatever lies under the key", (real) => ({
    deleteImage: (record, pipeline) => real.deleteImage(record, pipeline, { force: true }),
  })),
  mutant("operations/head-object", "the time of an original says nothing", (real) => ({
    headObject: async (object, pipeline) => {
      const found = await real.headObject(object, pipeline);
      return found && isSource(object) ? { ...found, LastModified: new Date(0) } : found;
    },
  })),
  mutant("operations/verify", "verify deletes previews of images that are being processed", (real) => ({
    findUnreferencedPreviews: (pipeline, signal) => real.findUnreferencedPreviews(atRest(pipeline), signal),
    deleteUnreferenced: (key, pipeline) => real.deleteUnreferenced(key, atRest(pipeline)),
  })),
  mutant("operations/verify", "verify does not look at a record again", (real) => ({
    deleteUnreferenced: (key, pipeline) =>
      real.deleteUnreferenced(
        key,
        answering(pipeline, "Query", () => Promise.resolve({ Items: [] })),
      ),
  })),
  mutant("operations/head-object", "verify deletes young previews", (real) => ({
    headObject: async (object, pipeline) => {
      const found = await real.headObject(object, pipeline);
      return found && !isSource(object) ? { ...found, LastModified: new Date(0) } : found;
    },
  })),
  mutant("operations/verify", "verify leaves images without their previews", () => ({
    repairImage: () => Promise.resolve("sound" as const),
  })),
  mutant("operations/verify", "verify finds no missing preview", (real) => ({
    async *verifyRecords(filter, pipeline, signal) {
      for await (const finding of real.verifyRecords(filter, pipeline, signal))
        yield finding !== "sound" && finding.kind === "preview_missing" ? "sound" : finding;
    },
  })),
  mutant("operations/backfill-age", "a backfill does not ask how long the queue keeps messages", () => ({
    backfillAge: () => Promise.resolve({ kind: "allowed" as const, seconds: 7_200 }),
  })),
  mutant("operations/backfill-age", "a backfill does not ask whether messages wait", (real) => ({
    backfillAge: (wanted, pipeline, signal) =>
      real.backfillAge(
        wanted,
        answering(pipeline, "GetQueueAttributes", async (_, send) => {
          const { Attributes } = (await send()) as { readonly Attributes: object };
          const names = Object.keys(Attributes).filter((name) => name.startsWith("Approximate"));
          return { Attributes: { ...Attributes, ...Object.fromEntries(names.map((name) => [name, "0"])) } };
        }),
        signal,
      ),
  })),
  mutant("operations/user-uploads", "a backfill sends what has a record", () => ({
    UserUploads: { load: () => Promise.resolve({ find: () => "unknown" }) } as never,
  })),
  mutant("operations/backfill-sequencer", "each backfill takes an object for another upload", () => {
    let count = 0;
    return {
      backfillSequencer: () => {
        count += 1;
        return `bf-${count}`;
      },
    };
  }),
  mutant("operations/send-to-processor", "what AWS did not take counts as sent", (real) => ({
    sendToProcessor: (...parameters) => real.sendToProcessor(...parameters).catch(() => undefined),
  })),
  mutant("operations/send-to-processor", "nothing is sent", () => ({ sendToProcessor: () => Promise.resolve() })),
  mutant("operations/dead-letter", "a letter with a damaged record counts as whole", (real) => ({
    readDeadLetter: (body, bucket) => ({ ...real.readDeadLetter(body, bucket), isWhole: true }),
  })),
  mutant("operations/replay", "replay leaves every letter", (real) => ({
    replayDeadLetters: (options, pipeline) => real.replayDeadLetters({ ...options, only: () => false }, pipeline),
  })),
];

export const MUTANTS: readonly Mutant[] = [...PROTOCOL, ...OPERATIONS];
