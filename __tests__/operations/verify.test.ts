import { join } from "node:path";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import { PROCESSED_BUCKET } from "../../local/local-account";
import { deleteUnreferenced, findUnreferencedPreviews, repairImage } from "../../operations/verify";
import { colouredPhoto, type LocalPipeline, startLocalPipeline } from "../support/local-pipeline";
import { storeObjects } from "../support/stored-objects";
import { temporaryDirectory } from "../support/temporary-directory";
import { waitUntil } from "../support/wait-until";

// Processes start and photos are decoded: a loaded machine takes its time.
jest.setTimeout(60_000);

const HOUR_MS = 3600_000;
const IMAGE_ID = "11111111-2222-3333-4444-555555555555";
const OLD = `previews/${IMAGE_ID}/old.jpg`;
const USED = `previews/${IMAGE_ID}/used.jpg`;
const YOUNG = "previews/nobody/young.jpg";
const root = temporaryDirectory();
let local: LocalPipeline;

beforeAll(async () => {
  const directory = join(root, "system");
  const body = Buffer.from("x");
  const stored = (key: string, ageMs: number) => ({ key, body, lastModifiedMs: Date.now() - ageMs });
  const objects = [stored(OLD, 24 * HOUR_MS), stored(USED, 24 * HOUR_MS), stored(YOUNG, 2 * HOUR_MS)];
  await storeObjects(directory, objects, PROCESSED_BUCKET);
  local = await startLocalPipeline(directory);
});
afterAll(() => local.close());

const put = (record: Partial<ImageRecord>) => {
  const { dynamodb, metadataTable } = local.pipeline;
  const Item = marshall({ imageId: IMAGE_ID, timestamp: 1, userId: "ann", attempts: 1, ...record });
  return dynamodb.send(new PutItemCommand({ TableName: metadataTable, Item }));
};
const keys = () => local.keysIn(local.pipeline.processedBucket);
async function unreferenced(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const problem of findUnreferencedPreviews(local.pipeline, new AbortController().signal))
    if (problem !== "sound" && problem.kind === "unreferenced") found.push(problem.key);
  return found;
}

describe("previews that no record names", () => {
  test("are found, but not while their image waits or is at work", async () => {
    expect(await unreferenced()).toEqual([OLD, USED, YOUNG]);
    for (const processingStatus of ["pending", "processing"] as const) {
      await put({ processingStatus });
      expect(await unreferenced()).toEqual([YOUNG]);
    }
    await put({ processingStatus: "completed", previews: { used: USED } });
    expect(await unreferenced()).toEqual([OLD, YOUNG]);
  });

  test("stay when a record has come to name them since, or is at work", async () => {
    await put({ processingStatus: "completed", previews: { used: USED } });
    expect(await deleteUnreferenced(USED, local.pipeline)).toBe("referenced");
    await put({ processingStatus: "processing" });
    expect(await deleteUnreferenced(OLD, local.pipeline)).toBe("referenced");
    expect(await keys()).toEqual(expect.arrayContaining([OLD, USED]));
  });

  test("stay while an attempt may still use them, and go afterwards", async () => {
    expect(await deleteUnreferenced(YOUNG, local.pipeline)).toBe("too_young");
    await put({ processingStatus: "failed", errorCode: "S3_ERROR" });
    expect(await deleteUnreferenced(OLD, local.pipeline)).toBe("deleted");
    expect(await deleteUnreferenced(OLD, local.pipeline)).toBe("absent");
    expect(await keys()).toEqual(expect.arrayContaining([USED, YOUNG]));
  });
});

describe("a completed image that lacks a preview", () => {
  test("is processed again when its original is there, and otherwise stays as it is", async () => {
    await local.upload("uploads/bob/a.jpg", await colouredPhoto(30));
    const done = async () => (await local.records()).find(({ userId }) => userId === "bob");
    await waitUntil(async () => (await done())?.processingStatus === "completed");
    const { imageId = "", previews = {}, originalKey = "" } = (await done()) ?? {};
    expect(await repairImage(imageId, local.pipeline)).toBe("sound");
    await local.remove(local.pipeline.processedBucket, previews.medium ?? "");
    expect(await repairImage(imageId, local.pipeline)).toBe("reprocessed");
    await waitUntil(async () => (await done())?.attempts === 2 && (await done())?.processingStatus === "completed");
    expect(await keys()).toContain(previews.medium);

    await local.remove(local.pipeline.processedBucket, previews.medium ?? "");
    await local.remove(local.pipeline.sourceBucket, originalKey);
    expect(await repairImage(imageId, local.pipeline)).toBe("original_gone");
    expect(await done()).toMatchObject({ processingStatus: "completed", attempts: 2 });
  });
});
