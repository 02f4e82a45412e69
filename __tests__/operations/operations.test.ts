import { join } from "node:path";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { HeadObjectCommand } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import { readLocalSettings } from "../../local/local-settings";
import { backfillAge } from "../../operations/backfill-age";
import { deleteImage } from "../../operations/delete-image";
import { discardDeadLetters, discardLettersOfDeleted } from "../../operations/discard";
import { headObject } from "../../operations/head-object";
import { ImageCatalogue } from "../../operations/image-catalogue";
import type { Pipeline } from "../../operations/pipeline-clients";
import { replayDeadLetters } from "../../operations/replay";
import { reprocessImage } from "../../operations/reprocess";
import { eventOfRecord } from "../../operations/upload-event";
import { colouredPhoto, type LocalPipeline, startLocalPipeline } from "../support/local-pipeline";
import { temporaryDirectory } from "../support/temporary-directory";
import { thoroughTest } from "../support/thorough";
import { waitUntil } from "../support/wait-until";

// Processes start and photos are decoded: a loaded machine takes its time.
jest.setTimeout(60_000);

const root = temporaryDirectory();
let local: LocalPipeline;
let catalogue: ImageCatalogue;
beforeAll(async () => {
  local = await startLocalPipeline(join(root, "system"));
  catalogue = new ImageCatalogue(local.pipeline);
});
afterAll(() => local.close());

let users = 0;
/** Every test has a user of its own, so that they share a system. */
const newUser = () => `user-${++users}`;
const recordsOf = async (user: string) => (await local.records()).filter(({ userId }) => userId === user);
const atRest = () => waitUntil(() => local.system.imageProcessor.size === 0 && local.system.failureRecorder.size === 0);

async function uploaded(user: string, body: Buffer, file = "photo.jpg"): Promise<ImageRecord> {
  await local.upload(`uploads/${user}/${file}`, body);
  await atRest();
  const { records } = await catalogue.list({ userId: user }, { limit: 10 });
  // Two uploads within a second have one timestamp.
  const [newest] = [...records].sort((a, b) => ((a.sequencer ?? "") < (b.sequencer ?? "") ? 1 : -1));
  if (!newest) throw new Error("the upload must have a record");
  return newest;
}

const put = (record: Partial<ImageRecord>) => {
  const { dynamodb, metadataTable } = local.pipeline;
  return dynamodb.send(
    new PutItemCommand({ TableName: metadataTable, Item: marshall(record, { removeUndefinedValues: true }) }),
  );
};

describe("reprocessImage", () => {
  test("processes a completed image again under the same identity, when forced", async () => {
    const user = newUser();
    const before = await uploaded(user, await colouredPhoto(1), "süß a+b%.jpg");
    expect(before).toMatchObject({ processingStatus: "completed", attempts: 1 });
    expect(await reprocessImage(before, { force: false }, local.pipeline)).toEqual({
      kind: "refused",
      reason: "completed",
    });
    expect(await reprocessImage(before, { force: true }, local.pipeline)).toEqual({ kind: "invoked", reopened: true });
    await atRest();
    const after = await recordsOf(user);
    expect(after).toMatchObject([{ processingStatus: "completed", attempts: 2, previews: before.previews }]);
    expect(after[0]).toMatchObject({ imageId: before.imageId, timestamp: before.timestamp });
    expect(after[0]?.ttl).toBeGreaterThanOrEqual(before.ttl ?? 0);
  });

  test("leaves alone what failed for good, what somebody works on, and what changed meanwhile", async () => {
    const rejected = await uploaded(newUser(), Buffer.from("no image at all"));
    expect(rejected).toMatchObject({ processingStatus: "failed", errorCode: "UNSUPPORTED_FORMAT" });
    expect(await reprocessImage(rejected, { force: false }, local.pipeline)).toEqual({
      kind: "refused",
      reason: "failed_for_good",
    });
    const stale = { ...rejected, attempts: 7 };
    expect(await reprocessImage(stale, { force: true }, local.pipeline)).toMatchObject({ reason: "changed" });

    const busy: ImageRecord = { ...rejected, processingStatus: "processing", leaseExpiresAt: Date.now() + 60_000 };
    expect(await reprocessImage(busy, { force: true }, local.pipeline)).toMatchObject({ reason: "in_progress" });
    const foreign = { ...rejected, imageId: "00000000-0000-0000-0000-000000000000" };
    expect(await reprocessImage(foreign, { force: true }, local.pipeline)).toMatchObject({ reason: "no_identity" });
  });

  test("invokes the function for what an interrupted reprocess left pending", async () => {
    const user = newUser();
    const record = await uploaded(user, await colouredPhoto(2));
    await put({ ...record, processingStatus: "pending", leaseOwner: undefined });
    const [pending] = await recordsOf(user);
    if (!pending) throw new Error("the record must be there");
    expect(await reprocessImage(pending, { force: false }, local.pipeline)).toEqual({
      kind: "invoked",
      reopened: false,
    });
    await atRest();
    expect(await recordsOf(user)).toMatchObject([{ processingStatus: "completed", attempts: 2 }]);
  });
});

describe("replayDeadLetters", () => {
  const letter = (body: unknown) => {
    const { sqs, deadLetterQueueUrl } = local.pipeline;
    const MessageBody = typeof body === "string" ? body : JSON.stringify(body);
    return sqs.send(new SendMessageCommand({ QueueUrl: deadLetterQueueUrl, MessageBody }));
  };

  test("understands raw events and on-failure records, and keeps what it does not understand", async () => {
    const user = newUser();
    const first = await uploaded(user, await colouredPhoto(3), "a.jpg");
    const second = await uploaded(user, await colouredPhoto(4), "b.jpg");
    for (const record of [first, second])
      await put({ ...record, processingStatus: "failed", errorCode: "S3_ERROR", leaseExpiresAt: 0 });
    await letter(eventOfRecord(first, local.pipeline));
    await letter({
      version: "1.0",
      requestContext: { requestId: "r", condition: "RetriesExhausted" },
      requestPayload: eventOfRecord(second, local.pipeline),
    });
    const strange = await letter("no event");

    const outcomes: string[] = [];
    const report = await replayDeadLetters(
      { perSecond: 1000, onMessage: (_, outcome) => outcomes.push(outcome) },
      local.pipeline,
    );
    expect(report).toEqual({ replayed: 2, notUnderstood: [strange.MessageId] });
    expect(outcomes.sort()).toEqual(["not_understood", "replayed", "replayed"]);
    await atRest();
    expect((await recordsOf(user)).map(({ processingStatus, attempts }) => [processingStatus, attempts])).toEqual([
      ["completed", 2],
      ["completed", 2],
    ]);
    expect((await local.system.deadLetterQueue.list()).map(({ body }) => body)).toEqual(["no event"]);
  });

  thoroughTest("leaves letters that come while it runs for the next time", async () => {
    const { deadLetterQueue } = local.system;
    const event = eventOfRecord(await uploaded(newUser(), await colouredPhoto(11)), local.pipeline);
    const later = JSON.stringify({ ...event, old: false });
    await letter({ ...event, old: true });
    // A letter that is not understood stays in the queue and is met here too.
    const onMessage = (_: string, outcome: string) => void (outcome === "replayed" && deadLetterQueue.send(later));
    const report = await replayDeadLetters({ perSecond: 1000, onMessage }, local.pipeline);
    expect(report.replayed).toBe(1);
    await waitUntil(async () => (await deadLetterQueue.list()).some(({ body }) => body === later));
    expect(await replayDeadLetters({ perSecond: 1000, max: 1 }, local.pipeline)).toMatchObject({ replayed: 1 });
    await atRest();
  });

  test("stops at the maximum and at the signal, and gives back what it took", async () => {
    const { deadLetterQueue } = local.system;
    const user = newUser();
    const event = eventOfRecord(await uploaded(user, await colouredPhoto(5)), local.pipeline);
    for (let n = 0; n < 5; n++) await letter({ ...event, n });
    const visible = deadLetterQueue.counts().visible;
    expect(await replayDeadLetters({ perSecond: 1000, max: 2 }, local.pipeline)).toMatchObject({ replayed: 2 });
    expect(deadLetterQueue.counts().visible).toBe(visible - 2);

    const stop = new AbortController();
    const onMessage = (_: string, outcome: string) => void (outcome === "replayed" && stop.abort());
    const report = await replayDeadLetters({ perSecond: 1000, signal: stop.signal, onMessage }, local.pipeline);
    expect(report.replayed).toBe(1);
    expect(deadLetterQueue.counts().visible).toBe(visible - 3);
    await atRest();
  });
});

describe("dead letters that nobody wants", () => {
  const letter = async (body: object) => {
    const { sqs, deadLetterQueueUrl } = local.pipeline;
    const { MessageId = "" } = await sqs.send(
      new SendMessageCommand({ QueueUrl: deadLetterQueueUrl, MessageBody: JSON.stringify(body) }),
    );
    return MessageId;
  };
  const kept = async () => (await local.system.deadLetterQueue.list()).map(({ messageId }) => messageId);

  test("are discarded by their ids, and no others", async () => {
    const [first, second] = [await letter({ any: 1 }), await letter({ any: 2 })];
    expect(await discardDeadLetters([first, "unknown"], local.pipeline)).toEqual([first]);
    expect(await kept()).toContain(second);
    expect(await kept()).not.toContain(first);
    expect(await discardDeadLetters([second], local.pipeline)).toEqual([second]);
  });

  test("are discarded when all that they are about is deleted, and named when it is not", async () => {
    const gone = eventOfRecord(await uploaded(newUser(), await colouredPhoto(14)), local.pipeline);
    const there = eventOfRecord(await uploaded(newUser(), await colouredPhoto(15)), local.pipeline);
    if (!gone || !there) throw new Error("both records must say which upload they are about");
    const alone = await letter(gone);
    const together = await letter({ Records: [...gone.Records, ...there.Records] });
    const damaged = await letter({ Records: [...gone.Records, { eventVersion: "2.1" }] });
    const other = await letter(there);
    const isDeleted = async ({ key }: { key: string }) => gone.Records[0].s3.object.key === key;
    const report = await discardLettersOfDeleted(isDeleted, local.pipeline);
    expect(report.discarded).toEqual([alone]);
    expect([...report.kept].sort()).toEqual([together, damaged].sort());
    expect(await kept()).toEqual(expect.arrayContaining([together, damaged, other]));
    expect(await discardDeadLetters([together, damaged, other], local.pipeline)).toHaveLength(3);
  });
});

describe("where uploads wait in a queue", () => {
  test("a backfill waits as long as the queue keeps messages, or until none is there", async () => {
    const queued = await startLocalPipeline(join(root, "waiting"), {
      settings: readLocalSettings({ UPLOAD_TRIGGER: "queue" }),
    });
    const { sqs, uploadQueueUrl } = queued.pipeline;
    const retention = { kind: "allowed", seconds: 10 * 86_400 };
    try {
      expect(await backfillAge({}, queued.pipeline)).toEqual(retention);
      const tooYoung = { kind: "too_young", leastSeconds: 10 * 86_400 };
      expect(await backfillAge({ olderThanSeconds: 7200 }, queued.pipeline)).toEqual(tooYoung);
      expect(await backfillAge({ minAgeSeconds: 7200 }, queued.pipeline)).toEqual({ kind: "allowed", seconds: 7200 });
      await sqs.send(new SendMessageCommand({ QueueUrl: uploadQueueUrl, MessageBody: "{}", DelaySeconds: 900 }));
      const notEmpty = { kind: "queue_not_empty", leastSeconds: 10 * 86_400, messages: 1 };
      expect(await backfillAge({ minAgeSeconds: 7200 }, queued.pipeline)).toEqual(notEmpty);
      expect(await backfillAge({ minAgeSeconds: 3600 }, queued.pipeline)).toMatchObject({ leastSeconds: 7200 });
    } finally {
      await queued.close();
    }
  });

  test("is no matter of a backfill where Lambda keeps the events", async () => {
    expect(await backfillAge({}, local.pipeline)).toEqual({ kind: "allowed", seconds: 7200 });
    expect(await backfillAge({ minAgeSeconds: 60 }, local.pipeline)).toMatchObject({ kind: "too_young" });
  });

  thoroughTest("an image that is processed again waits there too", async () => {
    const settings = readLocalSettings({ UPLOAD_TRIGGER: "queue" });
    const queued = await startLocalPipeline(join(root, "queued"), { settings });
    const first = async () => (await queued.records())[0];
    try {
      await queued.upload("uploads/erin/photo.jpg", await colouredPhoto(10));
      await waitUntil(async () => (await first())?.processingStatus === "completed");
      const before = (await first()) as ImageRecord;
      expect(await reprocessImage(before, { force: true }, queued.pipeline)).toMatchObject({ kind: "invoked" });
      await waitUntil(async () => (await first())?.attempts === 2 && (await first())?.processingStatus === "completed");
      // The lease is that of a message.
      expect(queued.system.imageProcessor.size).toBe(0);
      expect((await first())?.leaseOwner).not.toBe(before.leaseOwner);
    } finally {
      await queued.close();
    }
  });
});

describe("deleteImage", () => {
  test("deletes original, previews and record", async () => {
    const user = newUser();
    const record = await uploaded(user, await colouredPhoto(6));
    expect(await deleteImage(record, local.pipeline)).toEqual({ kind: "deleted", original: "deleted", previews: 3 });
    expect(await recordsOf(user)).toEqual([]);
    const { sourceBucket, processedBucket } = local.pipeline;
    expect(await local.keysIn(sourceBucket)).not.toContain(record.originalKey);
    expect((await local.keysIn(processedBucket)).filter((key) => key.includes(record.imageId))).toEqual([]);
  });

  test("keeps the original that a newer upload has replaced, also with the same bytes", async () => {
    const user = newUser();
    const body = await colouredPhoto(7);
    const first = await uploaded(user, body);
    await uploaded(user, body);
    const [older, newer] = (await recordsOf(user)).sort((a, b) => ((a.sequencer ?? "") < (b.sequencer ?? "") ? -1 : 1));
    if (!older || !newer) throw new Error("both uploads must have records");
    expect(older.imageId).toBe(first.imageId);
    expect(await deleteImage(older, local.pipeline)).toMatchObject({ kind: "deleted", original: "kept" });

    const third = await uploaded(user, await colouredPhoto(8));
    expect(await deleteImage(newer, local.pipeline)).toMatchObject({ kind: "deleted", original: "kept" });
    expect(await recordsOf(user)).toEqual([third]);
    expect(await local.keysIn(local.pipeline.sourceBucket)).toContain(third.originalKey);
  });

  test("keeps the original when the same bytes were uploaded again and wait for their turn", async () => {
    const record = await uploaded(newUser(), await colouredPhoto(12));
    // Its upload was seconds earlier than the object that lies there now, whose event has no record yet.
    const earlier: ImageRecord = { ...record, timestamp: record.timestamp - 5 };
    await put(earlier);
    expect(await deleteImage(earlier, local.pipeline)).toMatchObject({ kind: "deleted", original: "kept" });
    expect(await local.keysIn(local.pipeline.sourceBucket)).toContain(record.originalKey);
  });

  test.each([
    ["without an ETag", undefined],
    ["of a multipart upload", "-2"],
  ])("touches nothing of a record %s unless it is forced", async (_, parts) => {
    const record = await uploaded(newUser(), await colouredPhoto(13));
    const original = { Bucket: local.pipeline.sourceBucket, Key: record.originalKey };
    const eTag = parts && `${record.eTag}${parts}`;
    const multipart = (): Pipeline["s3"] => {
      const s3 = Object.create(local.pipeline.s3);
      // The local S3 takes no multipart uploads.
      s3.send = async (command: HeadObjectCommand) => {
        const answer = await local.pipeline.s3.send(command);
        return answer.ETag && parts ? { ...answer, ETag: `"${record.eTag}${parts}"` } : answer;
      };
      return s3;
    };
    const unclear: ImageRecord = { ...record, eTag };
    await put(unclear);
    const pipeline = { ...local.pipeline, s3: multipart() };
    expect(await deleteImage(unclear, pipeline)).toEqual({ kind: "refused", reason: "original_uncertain" });
    expect(await recordsOf(record.userId)).toMatchObject([{ processingStatus: "completed" }]);
    expect(await deleteImage(unclear, pipeline, { force: true })).toMatchObject({ original: "deleted", previews: 3 });
    expect(await headObject(original, local.pipeline)).toBeUndefined();
  });

  test("waits for whoever works on the image, and finishes what was interrupted", async () => {
    const user = newUser();
    const record = await uploaded(user, await colouredPhoto(9));
    const busy: ImageRecord = { ...record, processingStatus: "processing", leaseExpiresAt: Date.now() + 60_000 };
    expect(await deleteImage(busy, local.pipeline)).toEqual({ kind: "refused", reason: "in_progress" });
    expect(await deleteImage({ ...record, attempts: 9 }, local.pipeline)).toMatchObject({ reason: "changed" });

    const interrupted: ImageRecord = { ...record, processingStatus: "failed", errorCode: "SOURCE_NOT_FOUND" };
    await put(interrupted);
    expect(await deleteImage(interrupted, local.pipeline)).toMatchObject({ kind: "deleted", previews: 3 });
    expect(await recordsOf(user)).toEqual([]);
  });
});
