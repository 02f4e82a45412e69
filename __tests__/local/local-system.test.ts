import { join } from "node:path";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import sharp from "sharp";
import { stageLocalBundles } from "../../bundling/stage-lambda-bundles";
import { UPLOAD_CORS } from "../../contract/deployment";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { MessageQueue } from "../../local/aws/sqs/message-queue";
import { readLocalSettings } from "../../local/local-settings";
import { type LocalSystem, type LocalSystemOptions, startLocalSystem } from "../../local/local-system";
import { writeFunctionBundle } from "../support/function-bundle";
import { localSystemOptions } from "../support/local-system-options";
import { temporaryDirectory } from "../support/temporary-directory";
import { thoroughTest } from "../support/thorough";
import { waitUntil } from "../support/wait-until";

// Processes start and photos are decoded: a loaded machine takes its time.
jest.setTimeout(30_000);

const root = temporaryDirectory();
const running: LocalSystem[] = [];
afterAll(() => Promise.all(running.map((system) => system.close())));

let directories = 0;
async function start(overrides: Partial<LocalSystemOptions> = {}) {
  const logs: string[] = [];
  const system = await startLocalSystem({
    ...localSystemOptions(join(root, `system-${++directories}`)),
    onLog: (log) => logs.push(JSON.stringify(log)),
    onTrouble: (sentence) => logs.push(sentence),
    ...overrides,
  });
  running.push(system);
  const { region, credentials } = system;
  const s3 = new S3Client({ region, credentials, endpoint: system.s3Endpoint, forcePathStyle: true });
  const dynamodb = new DynamoDBClient({ region, credentials, endpoint: system.dynamodbEndpoint });
  const records = async () => {
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: system.metadataTable }));
    return Items.map((item) => unmarshall(item) as ImageRecord);
  };
  const upload = (Key: string, Body: Buffer) =>
    s3.send(new PutObjectCommand({ Bucket: system.sourceBucket, Key, Body }));
  return { system, s3, records, upload, logs };
}

const photo = () =>
  sharp({ create: { width: 1200, height: 900, channels: 3, background: "#3a7d5c" } })
    .jpeg()
    .toBuffer();

describe("startLocalSystem", () => {
  test("turns an upload into previews and a completed record", async () => {
    const { system, s3, records, upload } = await start();
    await upload("uploads/alice/süß a+b%.jpg", await photo());
    await waitUntil(async () => (await records())[0]?.processingStatus === "completed");

    const [record] = await records();
    expect(record).toMatchObject({ originalKey: "uploads/alice/süß a+b%.jpg", userId: "alice", attempts: 1 });
    const medium = await s3.send(
      new GetObjectCommand({ Bucket: system.processedBucket, Key: record?.previews?.medium ?? "" }),
    );
    const { width, height, format } = await sharp(await medium.Body?.transformToByteArray()).metadata();
    expect({ width, height, format }).toEqual({ width: 800, height: 600, format: "jpeg" });
    await waitUntil(() => system.imageProcessor.size === 0);
    expect(await system.deadLetterQueue.count()).toBe(0);
  });

  test("lets uploads wait in a queue where the setting says so, and records what failed there", async () => {
    const { system, records, upload } = await start({ settings: readLocalSettings({ UPLOAD_TRIGGER: "queue" }) });
    await upload("uploads/alice/queued.jpg", await photo());
    await waitUntil(async () => (await records())[0]?.processingStatus === "completed");
    await waitUntil(async () => (await system.queuedUploads?.uploadQueue.count()) === 0);
    expect(system.imageProcessor.size).toBe(0);

    // As if it had been received three times.
    const record = { bucket: { name: system.sourceBucket }, object: { key: "uploads/bob/lost.jpg", sequencer: "0A" } };
    const event = {
      eventVersion: "2.1",
      eventName: "ObjectCreated:Put",
      eventTime: "2026-01-01T00:00:00Z",
      s3: record,
    };
    await system.queuedUploads?.failedQueue.send(JSON.stringify({ Records: [event] }), { messageId: "m-1" });
    await waitUntil(async () => (await system.deadLetterQueue.count()) === 1);
    expect((await records()).find(({ userId }) => userId === "bob")).toMatchObject({
      processingStatus: "failed",
      errorCode: "RETRIES_EXHAUSTED",
    });
    expect(await system.deadLetterQueue.list()).toMatchObject([
      { body: JSON.stringify({ Records: [event] }), attributes: { RequestID: { StringValue: "m-1" } } },
    ]);
    await waitUntil(async () => (await system.queuedUploads?.failedQueue.count()) === 0);
  });

  test("drains the queue: new uploads go to the function, and what waits in the queue is still processed", async () => {
    const { system, records, upload } = await start({ settings: readLocalSettings({ UPLOAD_TRIGGER: "drain" }) });
    const send = jest.spyOn(system.queuedUploads?.uploadQueue as MessageQueue, "send");
    await upload("uploads/alice/new.jpg", await photo());
    await waitUntil(async () => (await records())[0]?.processingStatus === "completed");
    expect(send).not.toHaveBeenCalled();

    const object = { key: "uploads/bob/waiting.jpg", sequencer: "0A" };
    const event = {
      eventVersion: "2.1",
      eventName: "ObjectCreated:Put",
      eventTime: "2026-01-01T00:00:00Z",
      s3: { bucket: { name: system.sourceBucket }, object },
    };
    await system.queuedUploads?.uploadQueue.send(JSON.stringify({ Records: [event] }));
    await waitUntil(async () => (await system.queuedUploads?.uploadQueue.count()) === 0);
    expect((await records()).find(({ userId }) => userId === "bob")).toMatchObject({ originalKey: object.key });
  });

  test("ignores uploads outside the prefix", async () => {
    const { system, upload } = await start();
    await upload("elsewhere/a.jpg", await photo());
    expect(system.imageProcessor.size).toBe(0);
  });

  test("lets only pages of this machine upload and read", async () => {
    const { system } = await start();
    const preflight = async (origin: string, method: string) => {
      const headers = { origin, "access-control-request-method": method, "access-control-request-headers": "x-any" };
      return fetch(`${system.s3Endpoint}/${system.sourceBucket}/uploads/a`, { method: "OPTIONS", headers });
    };
    for (const origin of ["http://localhost:5173", "http://127.0.0.1:3000"]) {
      for (const method of ["PUT", "POST", "GET"]) {
        const answer = await preflight(origin, method);
        expect(answer.status).toBe(200);
        expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
        expect(answer.headers.get("access-control-max-age")).toBe(String(UPLOAD_CORS.maxAgeSeconds));
      }
    }
    expect((await preflight("http://localhost:5173", "DELETE")).status).toBe(403);
    for (const origin of ["https://page.example", "http://localhost.page.example:3000", "null"])
      expect((await preflight(origin, "PUT")).status).toBe(403);
  });

  thoroughTest("records the image of a function that died as failed, and keeps its event", async () => {
    const imageProcessor = writeFunctionBundle(root, "dying", "exports.handler = () => process.exit(1);");
    const { failureRecorder } = stageLocalBundles();
    const bundles = { imageProcessor, failureRecorder };
    const { system, records, upload } = await start({ bundles, timeScale: 0.02 });
    await upload("uploads/bob/photo.jpg", await photo());
    await waitUntil(async () => (await records())[0]?.processingStatus === "failed");

    expect(await records()).toMatchObject([{ userId: "bob", errorCode: "RUNTIME_CRASH" }]);
    const [letter] = await system.deadLetterQueue.list();
    expect(JSON.parse(letter?.body ?? "")).toMatchObject({
      Records: [{ s3: { object: { key: expect.any(String) } } }],
    });
  });

  test("delivers after a restart what its stop interrupted", async () => {
    const directory = join(root, "interrupted");
    const hanging = writeFunctionBundle(root, "hanging", "exports.handler = () => new Promise(() => {});");
    const bundles = stageLocalBundles();
    const first = await start({ directory, bundles: { ...bundles, imageProcessor: hanging } });
    await first.upload("uploads/carol/photo.jpg", await photo());
    const startedAt = performance.now();
    await first.system.close();
    expect(performance.now() - startedAt).toBeLessThan(2000);

    const second = await start({ directory, bundles });
    await waitUntil(async () => (await second.records())[0]?.processingStatus === "completed");
  });

  test("leaves nothing running when a port is taken", async () => {
    const { system } = await start();
    const s3Port = Number(new URL(system.s3Endpoint).port);
    const directory = join(root, "refused");
    await expect(start({ directory, s3Port })).rejects.toMatchObject({ code: "EADDRINUSE", port: s3Port });
    // The database of the refused system let go of its files.
    await start({ directory });
  });
});
