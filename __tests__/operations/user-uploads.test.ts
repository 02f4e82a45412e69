import { join } from "node:path";
import { BatchWriteItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { imageIdOf } from "../../lambda-src/records/image-identity";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { DynamoDbServer } from "../../local/aws/dynamodb/dynamodb-server";
import { startMetadataDatabase } from "../../local/metadata-database";
import { connectPipeline, type Pipeline } from "../../operations/pipeline-clients";
import { UserUploads } from "../../operations/user-uploads";
import { UserUploadsCache } from "../../operations/user-uploads-cache";
import { temporaryDirectory } from "../support/temporary-directory";

const root = temporaryDirectory();
const credentials = { accessKeyId: "local", secretAccessKey: "local-secret" };
let database: DynamoDbServer;
let pipeline: Pipeline;

beforeAll(async () => {
  const tableName = "images";
  const directory = join(root, "table");
  database = await startMetadataDatabase({ region: "us-east-1", credentials, directory, port: 0, tableName });
  const nobody = "http://127.0.0.1:9";
  pipeline = connectPipeline({
    region: "us-east-1",
    sourceBucket: "photos",
    processedBucket: "previews",
    metadataTable: tableName,
    processorName: "processor",
    deadLetterQueueUrl: nobody,
    local: { endpoints: { s3: nobody, lambda: nobody, sqs: nobody, dynamodb: database.endpoint }, credentials },
  });
});
afterAll(async () => {
  pipeline.close();
  await database.close();
});

const idOf = (n: number) => imageIdOf({ bucket: "photos", key: keyOf(n), version: "1" });
const keyOf = (n: number) => `uploads/alice/${n}.jpg`;
const itemOf = (n: number, record: Partial<ImageRecord>) =>
  marshall(
    { imageId: idOf(n), timestamp: 1000 + n, userId: "alice", originalKey: keyOf(n), eTag: `e${n}`, ...record },
    { removeUndefinedValues: true },
  );
const put = (...items: readonly ReturnType<typeof itemOf>[]) =>
  pipeline.dynamodb.send(
    new BatchWriteItemCommand({
      RequestItems: { [pipeline.metadataTable]: items.map((Item) => ({ PutRequest: { Item } })) },
    }),
  );

describe("UserUploads", () => {
  test("tells what is finished from what is not and what is unknown", async () => {
    const later = Date.now() + 60_000;
    await put(itemOf(0, { processingStatus: "completed" }));
    await put(itemOf(1, { processingStatus: "failed", errorCode: "DECODE_ERROR" }));
    await put(itemOf(2, { processingStatus: "processing", leaseExpiresAt: later }));
    await put(itemOf(3, { processingStatus: "failed", errorCode: "S3_ERROR" }));
    await put(itemOf(4, { processingStatus: "pending" }));
    await put(itemOf(5, { processingStatus: "processing", leaseExpiresAt: 1 }));
    // Of another system: nothing is known of the bytes.
    await put(itemOf(6, { processingStatus: "completed", eTag: undefined }));
    await put(itemOf(7, { processingStatus: "completed", userId: "bob" }));
    // Once failed, once completed, with the same bytes.
    await put(itemOf(8, { processingStatus: "failed", errorCode: "TIMEOUT" }));
    await put(itemOf(9, { processingStatus: "completed", originalKey: keyOf(8), eTag: "e8" }));

    const uploads = await UserUploads.load("alice", pipeline);
    const found = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => uploads.find(keyOf(n), `e${n}`));
    const resumed = [3, 4, 5].map((n) => ({ imageId: idOf(n), timestamp: 1000 + n }));
    expect(found).toEqual(["finished", "finished", "finished", ...resumed, "unknown", "unknown", "finished"]);
    expect(uploads.find(keyOf(0), "other")).toBe("unknown");
    expect((await UserUploads.load("nobody", pipeline)).find("a", "b")).toBe("unknown");
  });

  test("holds more than a page, each found again", async () => {
    const numbers = Array.from({ length: 1100 }, (_, n) => 100 + n);
    const statusOf = (n: number) => (n % 3 === 0 ? "pending" : "completed");
    for (let start = 0; start < numbers.length; start += 25) {
      const batch = numbers.slice(start, start + 25);
      await put(...batch.map((n) => itemOf(n, { userId: "carol", processingStatus: statusOf(n) })));
    }
    const uploads = await UserUploads.load("carol", pipeline);
    expect(numbers.map((n) => uploads.find(keyOf(n), `e${n}`))).toEqual(
      numbers.map((n) => (n % 3 === 0 ? { imageId: idOf(n), timestamp: 1000 + n } : "finished")),
    );
  });
});

test("UserUploadsCache loads each user once, and those to come ahead", async () => {
  const load = jest.spyOn(UserUploads, "load");
  const cache = new UserUploadsCache(pipeline, new AbortController().signal);
  cache.expect(["a", "a", "unknown", "b", "b"]);
  for (const userId of ["a", "a", "unknown", "b", "unknown", "b"]) await cache.of(userId);
  cache.expect(["b", "c", "unknown"]);
  for (const userId of ["b", "c", "unknown"]) await cache.of(userId);
  expect(load.mock.calls.map(([userId]) => userId)).toEqual(["a", "unknown", "b", "c"]);
});
