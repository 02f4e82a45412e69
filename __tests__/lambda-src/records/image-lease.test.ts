import { LeaseHeld, LeaseLost } from "../../../lambda-src/records/errors";
import { acquireLease, writeAsHolder } from "../../../lambda-src/records/image-lease";
import type { ImageRecord } from "../../../lambda-src/records/image-record";
import type { RecordStore } from "../../../lambda-src/records/ports";
import { type Claim, postpone } from "../../../lambda-src/records/record-updates";
import {
  DEADLINE_MS,
  invocationOf,
  itemWith,
  NOW_MS,
  OneItemStore,
  RecordingTelemetry,
  UPLOAD,
} from "../../support/pipeline-ports";

const ONE_DAY_SECONDS = 86_400;
const MINE = "request-mine";
const HELD: Claim = { imageId: UPLOAD.imageId, timestamp: UPLOAD.timestamp, leaseOwner: MINE, attempts: 2 };

function deskOf(records: RecordStore) {
  const telemetry = new RecordingTelemetry();
  return { records, telemetry, clock: { now: () => NOW_MS }, recordTtlSeconds: ONE_DAY_SECONDS };
}

describe("acquireLease", () => {
  const { invocation } = invocationOf(MINE);

  test("gives owner and attempt, which are the fence of every later write", async () => {
    const store = new OneItemStore();
    await expect(acquireLease(UPLOAD, invocation, deskOf(store))).resolves.toEqual({ ...HELD, attempts: 1 });
    expect(store.item).toMatchObject({
      leaseExpiresAt: DEADLINE_MS,
      ttl: Math.floor(NOW_MS / 1000) + ONE_DAY_SECONDS,
    });
    expect(store.reads).toBe(0);
  });

  test.each<[string, Partial<ImageRecord>]>([
    ["completed", { processingStatus: "completed" }],
    ["failed for good", { processingStatus: "failed", errorCode: "PIXEL_LIMIT" }],
  ])("skips an image that is %s", async (_, attributes) => {
    const desk = deskOf(new OneItemStore(itemWith(attributes)));
    await expect(acquireLease(UPLOAD, invocation, desk)).resolves.toBeUndefined();
    expect(desk.telemetry.words).toEqual(["duplicate_skipped"]);
    expect(desk.telemetry.metrics).toEqual({ DuplicatesSkipped: 1 });
  });

  test("throws while another invocation holds the lease, so that Lambda comes back", async () => {
    const desk = deskOf(new OneItemStore(itemWith({ leaseOwner: "request-other", leaseExpiresAt: DEADLINE_MS })));
    await expect(acquireLease(UPLOAD, invocation, desk)).rejects.toBeInstanceOf(LeaseHeld);
    expect(desk.telemetry.words).toEqual(["in_progress"]);
    expect(desk.telemetry.metrics).toEqual({});
  });

  test("begins anew with a record past its time to live, and with no more than one update beside", async () => {
    const store = new OneItemStore(
      itemWith({ processingStatus: "completed", attempts: 9, ttl: Math.floor(NOW_MS / 1000) - 1 }),
    );
    await expect(acquireLease(UPLOAD, invocation, deskOf(store))).resolves.toEqual({ ...HELD, attempts: 1 });
    expect(store.updates).toHaveLength(2);
    expect(store.item).toMatchObject({ processingStatus: "processing", attempts: 1 });
  });

  test("claims once more when the client sent the claim of a new life twice", async () => {
    const store = new OneItemStore(itemWith({ processingStatus: "pending", attempts: 9, ttl: 1_700_000_000 }));
    const desk = deskOf({
      read: (key) => store.read(key),
      update: async (update) => {
        await store.update(update);
        return store.update(update);
      },
    });
    // Each update arrives twice.
    await expect(acquireLease(UPLOAD, invocation, desk)).resolves.toEqual({ ...HELD, attempts: 3 });
  });

  test("takes a record of the last second of its life for one that is there", async () => {
    const store = new OneItemStore(itemWith({ processingStatus: "completed", ttl: Math.floor(NOW_MS / 1000) }));
    await expect(acquireLease(UPLOAD, invocation, deskOf(store))).resolves.toBeUndefined();
  });

  test("throws when somebody else began anew", async () => {
    const expired = itemWith({ processingStatus: "failed", errorCode: "DECODE_ERROR", ttl: 1_700_000_000 });
    const theirs = itemWith({ leaseOwner: "request-other", leaseExpiresAt: DEADLINE_MS });
    const found = [expired, theirs];
    const desk = deskOf({ update: async () => ({ refused: true }), read: async () => found.shift() });
    await expect(acquireLease(UPLOAD, invocation, desk)).rejects.toBeInstanceOf(LeaseHeld);
    expect(desk.telemetry.words).toEqual(["in_progress"]);
  });

  test("gives a record no time to live where records never expire", async () => {
    const store = new OneItemStore(itemWith({ processingStatus: "pending" }));
    await acquireLease(UPLOAD, invocation, { ...deskOf(store), recordTtlSeconds: undefined });
    expect(store.item).not.toHaveProperty("ttl");
  });

  test("throws when the item is gone by the time it is read", async () => {
    const desk = deskOf({ update: async () => ({ refused: true }), read: async () => undefined });
    await expect(acquireLease(UPLOAD, invocation, desk)).rejects.toBeInstanceOf(LeaseHeld);
  });
});

describe("writeAsHolder", () => {
  const { signal } = new AbortController();
  const update = postpone(HELD, "S3_ERROR", "slow down");
  const write = async (item: Partial<ImageRecord> | undefined) => {
    const desk = deskOf(new OneItemStore(item && itemWith(item)));
    const outcome = await writeAsHolder(HELD, update, signal, desk).catch((error: unknown) => error);
    return { outcome, words: desk.telemetry.words, fields: desk.telemetry.decisions[0]?.fields };
  };
  const mine = { leaseOwner: MINE, attempts: 2 };

  test("writes while the lease is held, without a word", async () => {
    await expect(write(mine)).resolves.toMatchObject({ outcome: "pending", words: [] });
  });

  test.each<[string, Partial<ImageRecord>]>([
    ["completed", { ...mine, processingStatus: "completed" }],
    ["pending", { ...mine, processingStatus: "pending" }],
    ["failed", { ...mine, processingStatus: "failed", errorCode: "DECODE_ERROR" }],
  ])("recognizes an own write whose reply was lost: %s", async (status, item) => {
    await expect(write(item)).resolves.toMatchObject({ outcome: status, words: ["duplicate_skipped reply_lost"] });
  });

  test.each<[string, Partial<ImageRecord>]>([
    ["completed", { processingStatus: "completed", leaseOwner: "request-other", attempts: 3 }],
    ["failed for good", { processingStatus: "failed", errorCode: "SUPERSEDED", leaseOwner: MINE, attempts: 3 }],
  ])("accepts what another attempt made of the image: %s", async (_, item) => {
    const { outcome, words, fields } = await write(item);
    expect(outcome).toBeUndefined();
    expect(words).toEqual(["fenced"]);
    expect(fields).toMatchObject({ attempt: 2, owner: item.leaseOwner, status: item.processingStatus });
  });

  test.each<[string, Partial<ImageRecord> | undefined]>([
    ["processing by another request", { leaseOwner: "request-other", attempts: 3 }],
    ["processing by a later attempt of the same request", { leaseOwner: MINE, attempts: 3 }],
    ["pending after a later attempt", { processingStatus: "pending", leaseOwner: MINE, attempts: 3 }],
    ["failed by the recorder", { ...mine, processingStatus: "failed", errorCode: "TIMEOUT" }],
    ["gone", undefined],
  ])("throws when the lease was lost and the image is not done: %s", async (_, item) => {
    const { outcome, words } = await write(item);
    expect(outcome).toBeInstanceOf(LeaseLost);
    expect(words).toEqual(["fenced"]);
  });

  test.each<[string, Partial<ImageRecord> | undefined]>([
    ["was deleted", undefined],
    ["was recorded as failed (TIMEOUT)", { ...mine, processingStatus: "failed", errorCode: "TIMEOUT" }],
    ["was taken over", { leaseOwner: "request-other", attempts: 3 }],
  ])("says what became of the image: it %s", async (fate, item) => {
    const { outcome } = await write(item);
    expect(outcome).toMatchObject({ message: `image ${UPLOAD.imageId} ${fate} after attempt 2 had begun` });
  });

  test("gives up when its signal aborts", async () => {
    const stuck = deskOf({ update: () => new Promise(() => {}), read: async () => undefined });
    const controller = new AbortController();
    const outcome = writeAsHolder(HELD, update, controller.signal, stuck);
    controller.abort();
    await expect(outcome).rejects.toMatchObject({ name: "TransientFailure", code: "DEADLINE" });
  });
});
