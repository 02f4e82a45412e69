import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startS3Server } from "../../../local/aws/s3/s3-server";
import { type Fault, forever } from "../../../local/faults/fault";
import { type RecordedCall, startFaultProxy } from "../../../local/faults/fault-proxy";
import { temporaryDirectory } from "../../support/temporary-directory";
import { waitUntil } from "../../support/wait-until";

const directory = temporaryDirectory();
const credentials = { accessKeyId: "local", secretAccessKey: "local-secret" };
const BODY = Buffer.alloc(300_000, "abc");
const answered: IncomingMessage[] = [];
const open: (() => unknown)[] = [];
let s3Endpoint = "";
let table: Server;

beforeAll(async () => {
  const s3 = await startS3Server({
    directory,
    port: 0,
    region: "us-east-1",
    credentials: { [credentials.accessKeyId]: credentials.secretAccessKey },
    buckets: [{ name: "photos" }],
  });
  s3Endpoint = s3.endpoint;
  table = createServer(async (request, response) => {
    await buffer(request);
    answered.push(request);
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(table, "listening");
  open.push(
    s3.close,
    () => table.close(),
    () => table.closeAllConnections(),
  );
});
afterAll(() => Promise.all(open.reverse().map((close) => close())));

async function connect(fault?: Fault) {
  const dynamodbEndpoint = `http://127.0.0.1:${(table.address() as AddressInfo).port}`;
  const calls: RecordedCall[] = [];
  const onCall = (call: RecordedCall) => void calls.push(call);
  const services = { s3: s3Endpoint, dynamodb: dynamodbEndpoint };
  const proxy = { ...(await startFaultProxy({ ...services, interference: { decide: () => fault, onCall } })), calls };
  const client = { endpoint: proxy.endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const dynamodb = new DynamoDBClient(client);
  open.push(
    proxy.close,
    () => s3.destroy(),
    () => dynamodb.destroy(),
  );
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: "photos", Key, Body: BODY }));
  const get = async (Key: string, signal?: AbortSignal) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "photos", Key }), { abortSignal: signal });
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  return { proxy, s3, dynamodb, put, get };
}

const lastCall = ({ calls }: { readonly calls: readonly RecordedCall[] }) => calls[calls.length - 1];

describe("a proxy without faults", () => {
  test("passes signed requests and their bodies unchanged, and says what they were", async () => {
    const { proxy, put, get } = await connect();
    await put("uploads/süß a+b%.jpg");
    expect(await get("uploads/süß a+b%.jpg")).toEqual(BODY);
    const object = { service: "s3", resource: "photos", key: "uploads/süß a+b%.jpg", status: 200 };
    expect(proxy.calls).toEqual([
      { ...object, operation: "PutObject", bytes: 0 },
      { ...object, operation: "GetObject", bytes: BODY.length },
    ]);
  });

  test("leaves dots within a key as they are", async () => {
    const { proxy, put, get } = await connect();
    const key = "uploads/alice/../../x/./photo.jpg";
    await put(key);
    expect(await get(key)).toEqual(BODY);
    expect(lastCall(proxy)).toMatchObject({ key, status: 200 });
  });

  test("passes errors on", async () => {
    const { proxy, get } = await connect();
    await expect(get("absent")).rejects.toMatchObject({ name: "NoSuchKey" });
    expect(lastCall(proxy)?.status).toBe(404);
  });

  test("knows operation, item and status of requests to DynamoDB", async () => {
    const { proxy, dynamodb } = await connect();
    const Key = { imageId: { S: "one" }, timestamp: { N: "1" } };
    await dynamodb.send(new GetItemCommand({ TableName: "images", Key }));
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: "images",
        Key,
        ConditionExpression: "#0 = :0",
        UpdateExpression: "SET #1 = :1, #0 = :2",
        ExpressionAttributeNames: { "#0": "processingStatus", "#1": "userId" },
        ExpressionAttributeValues: { ":0": { S: "processing" }, ":1": { S: "alice" }, ":2": { S: "completed" } },
      }),
    );
    const item = { service: "dynamodb", resource: "images", key: "one", status: 200, bytes: 2 };
    expect(proxy.calls).toEqual([
      { ...item, operation: "GetItem" },
      { ...item, operation: "UpdateItem", writes: "completed" },
    ]);
  });
});

describe("a fault", () => {
  beforeAll(async () => {
    const { put } = await connect();
    await put("photo");
  });

  test.each([
    [503, "SlowDown"],
    [412, "PreconditionFailed"],
  ])("answers in the words of S3: %i %s", async (status, code) => {
    const { proxy, put, get } = await connect({ kind: "answer", status, code });
    await expect(get("photo")).rejects.toMatchObject({ name: code, $metadata: { httpStatusCode: status } });
    await expect(put("unwritten")).rejects.toMatchObject({ name: code });
    expect(proxy.calls.map((call) => [call.fault, call.status])).toEqual([
      ["answer", status],
      ["answer", status],
    ]);
    const { get: getThroughAnother } = await connect();
    await expect(getThroughAnother("unwritten")).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  test("answers in the words of DynamoDB", async () => {
    const { dynamodb } = await connect({ kind: "answer", status: 400, code: "ThrottlingException" });
    const command = new GetItemCommand({ TableName: "images", Key: { imageId: { S: "one" } } });
    await expect(dynamodb.send(command)).rejects.toMatchObject({ name: "ThrottlingException" });
  });

  test("breaks the connection before the service sees the request, or after it did what was asked", async () => {
    const { get } = await connect();
    await expect((await connect({ kind: "dropRequest" })).put("dropped")).rejects.toThrow();
    await expect(get("dropped")).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect((await connect({ kind: "dropReply" })).put("applied")).rejects.toThrow();
    expect(await get("applied")).toEqual(BODY);
  });

  test("cuts a body", async () => {
    const { proxy, get } = await connect({ kind: "cut", afterBytes: 1000 });
    await expect(get("photo")).rejects.toThrow();
    expect(lastCall(proxy)).toMatchObject({ status: 200, bytes: 1000 });
  });

  test("lets a body stall until the client gives up", async () => {
    const { proxy, get } = await connect({ kind: "stall", afterBytes: 1000 });
    const controller = new AbortController();
    const reading = get("photo", controller.signal);
    await waitUntil(() => lastCall(proxy)?.bytes === 1000);
    controller.abort();
    await expect(reading).rejects.toThrow();
  });

  test("takes the length away", async () => {
    const { get } = await connect({ kind: "withoutLength" });
    expect(await get("photo")).toEqual(BODY);
  });

  test("holds a request, or its reply, until it is time", async () => {
    const { get } = await connect();
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = (await connect({ kind: "hold", until: () => released })).put("held");
    const { proxy, put } = await connect({ kind: "holdReply", until: () => released });
    const unanswered = put("unanswered");
    await waitUntil(async () => (await get("unanswered").catch(() => undefined)) !== undefined);
    expect(lastCall(proxy)).not.toHaveProperty("status");
    await expect(get("held")).rejects.toMatchObject({ name: "NoSuchKey" });
    release();
    await Promise.all([held, unanswered]);
    expect(await get("held")).toEqual(BODY);
  });
});

test("closes with requests that are held for ever", async () => {
  const { proxy, get } = await connect({ kind: "hold", until: forever });
  const reading = get("photo");
  await waitUntil(() => proxy.calls.length === 1);
  await proxy.close();
  await expect(reading).rejects.toThrow();
});
