import { RejectedImage } from "../../../lambda-src/images/formats/rejected-image";
import type { Preview } from "../../../lambda-src/images/previews";
import type { RenderedImage } from "../../../lambda-src/images/render-image";
import { LeaseHeld, LeaseLost, TransientFailure } from "../../../lambda-src/records/errors";
import type { ImageRecord } from "../../../lambda-src/records/image-record";
import type { OriginalRequest } from "../../../lambda-src/records/ports";
import { type Processor, processUpload } from "../../../lambda-src/records/process-upload";
import type { RecordUpdate } from "../../../lambda-src/records/record-updates";
import type { Upload } from "../../../lambda-src/records/upload-event";
import { invocationOf, itemWith, NOW_MS, OneItemStore, RecordingTelemetry, UPLOAD } from "../../support/pipeline-ports";

const MINE = "request-mine";
const BYTES = Buffer.from("bytes");
const NAMES = ["thumbnail", "small", "medium"];

const previewOf = (name: string): Preview => ({
  name,
  extension: "jpg",
  body: Buffer.from(name),
  details: { width: 2, height: 1, bytes: name.length, contentType: "image/jpeg" },
});

const rendered = (): RenderedImage => ({
  facts: { width: 20, height: 10, format: "jpeg" },
  placeholder: Promise.resolve("hash"),
  previews: NAMES.map((name) => Promise.resolve(previewOf(name))),
});

interface Scene {
  readonly upload?: Partial<Upload>;
  readonly item?: Partial<ImageRecord>;
  readonly ports?: Partial<Processor>;
  /** Runs before the store sees an update. */
  readonly onUpdate?: (update: RecordUpdate, store: OneItemStore, count: number) => void;
}

/** Runs one upload against a world where everything works, except for what the scene replaces. */
async function run({ upload, item, ports, onUpdate }: Scene = {}) {
  const store = new OneItemStore(item && itemWith(item));
  const telemetry = new RecordingTelemetry();
  const gets: OriginalRequest[] = [];
  const puts: string[] = [];
  const deadlines = invocationOf(MINE);
  const processor: Processor = {
    records: {
      update: async (update) => {
        onUpdate?.(update, store, store.updates.length + 1);
        return store.update(update);
      },
      read: (key) => store.read(key),
    },
    originals: {
      read: async (request) => {
        gets.push(request);
        return BYTES;
      },
    },
    previews: { write: async (key) => void puts.push(key) },
    render: async () => rendered(),
    telemetry,
    clock: { now: () => NOW_MS },
    maxBytes: 100,
    recordTtlSeconds: 60,
    ...ports,
  };
  const outcome = processUpload({ ...UPLOAD, ...upload }, deadlines.invocation, processor);
  return { outcome, store, telemetry, gets, puts, deadlines };
}

async function settled(scene: Scene) {
  const { outcome, ...world } = await run(scene);
  const error: unknown = await outcome.catch((thrown: unknown) => thrown);
  return { ...world, error, item: world.store.item };
}

const throwing = (error: unknown) => async () => Promise.reject(error);
const getFails = (error: unknown): Scene => ({ ports: { originals: { read: throwing(error) } } });
const KEYS = Object.fromEntries(NAMES.map((name) => [name, `previews/${UPLOAD.imageId}/${name}.jpg`]));

describe("an upload that works", () => {
  test("is completed, with every preview and every fact", async () => {
    const { item, error, telemetry, gets, puts } = await settled({});
    expect(error).toBeUndefined();
    expect(item).toMatchObject({
      processingStatus: "completed",
      attempts: 1,
      previews: KEYS,
      originalSize: 5,
      processedAt: Math.floor(NOW_MS / 1000),
      width: 20,
      height: 10,
      format: "jpeg",
      placeholder: "hash",
    });
    expect(Object.keys(item?.previewDetails ?? {})).toEqual(NAMES);
    expect(puts.sort()).toEqual(Object.values(KEYS).sort());
    expect(gets).toEqual([{ key: UPLOAD.key, versionId: undefined, eTag: "abc", maxBytes: 100 }]);
    expect(telemetry.words).toEqual(["completed"]);
    expect(telemetry.decisions[0]?.fields).toMatchObject({ imageId: UPLOAD.imageId, requestId: MINE, attempt: 1 });
    expect(telemetry.metrics).toEqual({
      ImagesCompleted: 1,
      ImagesRejected: 0,
      ProcessingTime: 0,
      DecodeTime: 0,
      BytesIn: 5,
      BytesOut: 20,
    });
  });

  test("is committed only after the last preview was written", async () => {
    const order: string[] = [];
    await settled({
      ports: {
        previews: {
          write: async (key) => {
            await new Promise((resolve) => setImmediate(resolve));
            order.push(key);
          },
        },
      },
      onUpdate: ({ set }) => void order.push(String(set.processingStatus)),
    });
    expect(order).toHaveLength(5);
    expect([order.at(0), order.at(-1)]).toEqual(["processing", "completed"]);
  });
});

describe("a permanent failure is recorded, and not thrown", () => {
  test.each<[string, Scene]>([
    ["SOURCE_NOT_FOUND", getFails(new RejectedImage("SOURCE_NOT_FOUND", "gone"))],
    ["SUPERSEDED", getFails(new RejectedImage("SUPERSEDED", "overwritten"))],
    ["TOO_LARGE", getFails(new RejectedImage("TOO_LARGE", "too much"))],
    ["TOO_LARGE", { upload: { sizeBytes: 101 } }],
    ["EMPTY", { upload: { sizeBytes: 0 } }],
    ["EMPTY", { upload: { sizeBytes: undefined }, ports: { originals: { read: async () => Buffer.alloc(0) } } }],
    ["INVALID_KEY", { upload: { invalidKey: new RejectedImage("INVALID_KEY", "%E0") } }],
    ["UNSUPPORTED_FORMAT", { ports: { render: throwing(new RejectedImage("UNSUPPORTED_FORMAT", "text/html")) } }],
    ["PIXEL_LIMIT", { ports: { render: throwing(new RejectedImage("PIXEL_LIMIT", "bomb")) } }],
    [
      "DECODE_ERROR",
      {
        ports: {
          render: async () => ({
            ...rendered(),
            previews: [Promise.resolve(previewOf("small")), Promise.reject(new RejectedImage("DECODE_ERROR", "cut"))],
          }),
        },
      },
    ],
  ])("%s", async (code, scene) => {
    const { item, error, telemetry } = await settled(scene);
    expect(error).toBeUndefined();
    expect(item).toMatchObject({ processingStatus: "failed", errorCode: code, attempts: 1 });
    expect(item).not.toHaveProperty("previews");
    expect(telemetry.words).toEqual([`image_rejected ${code.toLowerCase()}`]);
    expect(telemetry.metrics.ImagesRejected).toBe(1);
  });

  test("without a GET when the event alone shows it", async () => {
    const { gets } = await settled({ upload: { sizeBytes: 101 } });
    expect(gets).toEqual([]);
  });

  test("is thrown when it could not be recorded", async () => {
    const { item, error, telemetry } = await settled({
      ...getFails(new RejectedImage("SOURCE_NOT_FOUND", "gone")),
      onUpdate: ({ set }) => {
        if (set.processingStatus === "failed") throw new TransientFailure("DYNAMODB_ERROR", "throttled");
      },
    });
    expect(error).toMatchObject({ code: "DYNAMODB_ERROR" });
    expect(item).toMatchObject({ processingStatus: "processing" });
    expect(telemetry.words).toEqual(["retryable dynamodb_error"]);
  });
});

describe("a transient failure is recorded as pending, and thrown", () => {
  const putFails = { write: throwing(new TransientFailure("S3_ERROR", "slow down")) };

  test.each<[string, Scene]>([
    ["ACCESS_DENIED", getFails(new TransientFailure("ACCESS_DENIED", "403"))],
    ["S3_ERROR", getFails(new TransientFailure("S3_ERROR", "503"))],
    ["SHORT_READ", getFails(new TransientFailure("SHORT_READ", "cut"))],
    ["S3_ERROR", { ports: { previews: putFails } }],
  ])("%s", async (code, scene) => {
    const { item, error, telemetry } = await settled(scene);
    expect(error).toMatchObject({ name: "TransientFailure", code });
    expect(item).toMatchObject({ processingStatus: "pending", errorCode: code, leaseOwner: MINE, attempts: 1 });
    expect(item).not.toHaveProperty("previews");
    expect(telemetry.words).toEqual([`retryable ${code.toLowerCase()}`]);
    expect(telemetry.metrics.ImagesRetried).toBe(1);
  });

  test("an error that nobody foresaw has no code", async () => {
    const { item, error, telemetry } = await settled({ ports: { render: throwing(new RangeError("what?")) } });
    expect(error).toBeInstanceOf(RangeError);
    expect(item).toMatchObject({ processingStatus: "pending", errorMessage: "what?" });
    expect(item).not.toHaveProperty("errorCode");
    expect(telemetry.words).toEqual(["retryable unexpected"]);
  });

  test("no PUT is under way any more when the failure is recorded", async () => {
    const order: string[] = [];
    await settled({
      ports: {
        previews: {
          write: async (key) => {
            if (key.includes("thumbnail")) throw new TransientFailure("S3_ERROR", "503");
            await new Promise((resolve) => setImmediate(resolve));
            order.push("PUT");
          },
        },
      },
      onUpdate: ({ set }) => void order.push(String(set.processingStatus)),
    });
    expect(order).toEqual(["processing", "PUT", "PUT", "pending"]);
  });

  test("a throttled claim is thrown without a GET", async () => {
    const { error, gets, telemetry, item } = await settled({
      onUpdate: () => {
        throw new TransientFailure("DYNAMODB_ERROR", "throttled");
      },
    });
    expect(error).toMatchObject({ code: "DYNAMODB_ERROR" });
    expect(gets).toEqual([]);
    expect(item).toBeUndefined();
    expect(telemetry.words).toEqual(["retryable dynamodb_error"]);
  });

  test("both errors are thrown when not even that could be recorded", async () => {
    const { error } = await settled({
      ...getFails(new TransientFailure("S3_ERROR", "503")),
      onUpdate: ({ set }) => {
        if (set.processingStatus === "pending") throw new TransientFailure("DYNAMODB_ERROR", "throttled");
      },
    });
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toMatchObject([{ code: "S3_ERROR" }, { code: "DYNAMODB_ERROR" }]);
  });
});

describe("the function's own deadline", () => {
  const stalled = () => new Promise<never>(() => {});
  const slowly: Scene["ports"] = {
    render: async () => ({ ...rendered(), previews: [Promise.resolve(previewOf("small")), stalled()] }),
  };

  test.each<[phase: string, ports: Partial<Processor>]>([
    ["reading the original", { originals: { read: stalled } }],
    ["decoding the original", { render: stalled }],
    ["encoding the previews", { ...slowly }],
    ["storing thumbnail.jpg, small.jpg, medium.jpg", { previews: { write: stalled } }],
    ["storing small.jpg", { previews: { write: (key) => (key.includes("small") ? stalled() : Promise.resolve()) } }],
    ["storing small.jpg", { ...slowly, previews: { write: stalled } }],
  ])("ends work that stalls, and the record says that it was %s", async (phase, ports) => {
    const { outcome, store, telemetry, deadlines } = await run({ ports });
    await new Promise((resolve) => setImmediate(resolve));
    deadlines.stop();
    await expect(outcome).rejects.toMatchObject({ code: "DEADLINE" });
    expect(store.item).toMatchObject({
      processingStatus: "pending",
      errorCode: "DEADLINE",
      errorMessage: `the function's own deadline passed while ${phase}`,
    });
    expect(telemetry.words).toEqual(["retryable deadline"]);
  });

  test.each<[phase: string, status: string]>([
    ["claiming the image", "processing"],
    ["committing the result", "completed"],
  ])("says that it was %s", async (phase, stuckAt) => {
    const store = new OneItemStore();
    const records = {
      update: (update: RecordUpdate) => (update.set.processingStatus === stuckAt ? stalled() : store.update(update)),
      read: () => store.read(UPLOAD),
    };
    const { outcome, telemetry, deadlines } = await run({ ports: { records } });
    await new Promise((resolve) => setImmediate(resolve));
    deadlines.stop();
    await expect(outcome).rejects.toMatchObject({ code: "DEADLINE" });
    expect(telemetry.decisions[0]?.fields.detail).toBe(`the function's own deadline passed while ${phase}`);
  });
});

describe("an original of another length than the event says", () => {
  const ofLength = (length: number): Partial<Processor> => ({ originals: { read: async () => Buffer.alloc(length) } });

  test.each<[string, Partial<Upload>, number]>([
    ["nothing came", {}, 0],
    ["less came", {}, 4],
    ["more came", {}, 6],
    ["less of this version came", { eTag: undefined, versionId: "v1" }, 4],
  ])("is read again, because the same ETag has the same bytes: %s", async (_, upload, length) => {
    const { item, error } = await settled({ upload, ports: ofLength(length) });
    expect(error).toMatchObject({ name: "TransientFailure", code: "SHORT_READ" });
    expect(item).toMatchObject({
      processingStatus: "pending",
      errorCode: "SHORT_READ",
      errorMessage: `the object must have the event's 5 bytes, got ${length}`,
    });
  });

  test("is too large when it is above the limit", async () => {
    const { item } = await settled({ ports: ofLength(101) });
    expect(item).toMatchObject({ processingStatus: "failed", errorCode: "TOO_LARGE" });
  });

  test.each<[string, Partial<Upload>]>([
    ["no size", { sizeBytes: undefined }],
    ["neither version nor ETag, so that other bytes may lie there", { eTag: undefined }],
  ])("is taken as it is when the event names %s", async (_, upload) => {
    const { item } = await settled({ upload, ports: ofLength(4) });
    expect(item).toMatchObject({ processingStatus: "completed", originalSize: 4 });
  });
});

test("an archived original is a permanent failure, and says nothing of what users upload", async () => {
  const { item, error, telemetry } = await settled(getFails(new RejectedImage("ARCHIVED", "restore it")));
  expect(error).toBeUndefined();
  expect(item).toMatchObject({ processingStatus: "failed", errorCode: "ARCHIVED", attempts: 1 });
  expect(telemetry.words).toEqual(["image_rejected archived"]);
  expect(telemetry.metrics).toEqual({});
});

describe("other deliveries of the same upload", () => {
  test.each<[string, Partial<ImageRecord>]>([
    ["completed", { processingStatus: "completed", previews: KEYS }],
    ["failed for good", { processingStatus: "failed", errorCode: "DECODE_ERROR" }],
  ])("change nothing once it is %s", async (_, attributes) => {
    const { item, error, gets, puts, telemetry } = await settled({ item: attributes });
    expect(error).toBeUndefined();
    expect(item).toEqual(itemWith(attributes));
    expect([...gets, ...puts]).toEqual([]);
    expect(telemetry.words).toEqual(["duplicate_skipped"]);
  });

  test("come back later while one is running", async () => {
    const { error, gets } = await settled({ item: { leaseOwner: "request-other", leaseExpiresAt: NOW_MS + 1 } });
    expect(error).toBeInstanceOf(LeaseHeld);
    expect(gets).toEqual([]);
  });

  test("begin anew when the record is past its time to live, whatever it says", async () => {
    const { item, puts, telemetry } = await settled({
      item: { processingStatus: "completed", attempts: 7, previews: { old: "previews/old.jpg" }, ttl: 1_700_000_000 },
    });
    expect(item).toMatchObject({ processingStatus: "completed", attempts: 1, previews: KEYS });
    expect(item?.ttl).toBe(Math.floor(NOW_MS / 1000) + 60);
    expect(puts).toHaveLength(3);
    expect(telemetry.words).toEqual(["completed"]);
  });

  test("complete what an earlier attempt left behind", async () => {
    const { item } = await settled({
      item: { processingStatus: "pending", errorCode: "S3_ERROR", errorMessage: "503" },
    });
    expect(item).toMatchObject({ processingStatus: "completed", attempts: 2 });
    expect(item).not.toHaveProperty("errorCode");
    expect(item).not.toHaveProperty("errorMessage");
  });

  /** Another request takes the image over just before this one's commit. */
  const takeover = (attributes: Partial<ImageRecord>): Scene => ({
    onUpdate: ({ set }, store) => {
      if (set.processingStatus === "completed")
        store.item = itemWith({ leaseOwner: "request-other", attempts: 2, ...attributes });
    },
  });

  test("fence a commit: the other owner's result stands", async () => {
    const { item, error, telemetry } = await settled(takeover({ processingStatus: "completed", format: "theirs" }));
    expect(error).toBeUndefined();
    expect(item).toMatchObject({ leaseOwner: "request-other", format: "theirs" });
    expect(telemetry.words).toEqual(["fenced"]);
    expect(telemetry.metrics.ImagesCompleted).toBeUndefined();
  });

  test("fence a commit: thrown while the other owner is not done", async () => {
    const { item, error, telemetry } = await settled(takeover({ processingStatus: "processing" }));
    expect(error).toBeInstanceOf(LeaseLost);
    expect(item).toMatchObject({ processingStatus: "processing", leaseOwner: "request-other" });
    expect(telemetry.words).toEqual(["fenced"]);
  });

  test("an operator's deletion under way is not reported as completed", async () => {
    const scene = takeover({
      processingStatus: "failed",
      errorCode: "SOURCE_NOT_FOUND",
      leaseOwner: MINE,
      attempts: 1,
    });
    const { error, telemetry } = await settled(scene);
    expect(error).toBeUndefined();
    expect(telemetry.words).not.toContain("completed");
    expect(telemetry.metrics.ImagesCompleted).toBeUndefined();
  });

  test("a failure that the recorder wrote meanwhile is not reported as completed", async () => {
    const scene = takeover({ processingStatus: "failed", errorCode: "TIMEOUT", leaseOwner: MINE, attempts: 1 });
    const { error, telemetry } = await settled(scene);
    expect(error).toBeInstanceOf(LeaseLost);
    expect(telemetry.words).toEqual(["fenced"]);
  });
});

describe("a commit that was applied although its reply was lost", () => {
  test("counts when the client sends it again by itself", async () => {
    const { error, item, telemetry } = await settled({
      onUpdate: (update, store) => {
        if (update.set.processingStatus === "completed") void store.update(update);
      },
    });
    expect(error).toBeUndefined();
    expect(item).toMatchObject({ processingStatus: "completed", previews: KEYS });
    expect(telemetry.words).toEqual(["duplicate_skipped reply_lost", "completed"]);
    expect(telemetry.metrics.ImagesCompleted).toBe(1);
  });

  test("counts when the client gave up: the record is not set back to pending", async () => {
    const { error, item, telemetry } = await settled({
      onUpdate: (update, store) => {
        if (update.set.processingStatus !== "completed") return;
        void store.update(update);
        throw new TransientFailure("DYNAMODB_ERROR", "connection reset");
      },
    });
    expect(error).toBeUndefined();
    expect(item).toMatchObject({ processingStatus: "completed", previews: KEYS });
    expect(telemetry.words).toEqual(["retryable dynamodb_error", "duplicate_skipped reply_lost", "completed"]);
  });
});
