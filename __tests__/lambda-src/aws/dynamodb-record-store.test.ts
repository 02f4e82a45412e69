import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDbRecordStore } from "../../../lambda-src/aws/dynamodb-record-store";
import { claim, commit } from "../../../lambda-src/records/record-updates";
import { type InMemoryTable, startInMemoryTable } from "../../support/in-memory-table";
import { UPLOAD } from "../../support/pipeline-ports";

const { signal } = new AbortController();
const claimed = claim(UPLOAD, { owner: "request-1", expiresAtMs: 2_000 }, 1_000, 9);

describe("DynamoDbRecordStore", () => {
  let table: InMemoryTable;
  let store: DynamoDbRecordStore;
  beforeAll(async () => {
    table = await startInMemoryTable();
    store = new DynamoDbRecordStore(table.client, table.tableName);
  });
  afterAll(() => table.close());

  test("reads nothing, writes, and reads what was written", async () => {
    await expect(store.read(UPLOAD, signal)).resolves.toBeUndefined();
    const item = await store.update(claimed, signal);
    expect(item).toMatchObject({ imageId: UPLOAD.imageId, processingStatus: "processing", attempts: 1, ttl: 9 });
    await expect(store.read(UPLOAD, signal)).resolves.toEqual(item);
  });

  test("answers refused, and changes nothing, when the condition does not hold", async () => {
    const before = await store.read(UPLOAD, signal);
    const strangers = commit({ ...UPLOAD, leaseOwner: "request-2", attempts: 1 }, {
      previews: {},
      processedAt: 1,
    } as never);
    await expect(store.update(strangers, signal)).resolves.toEqual({ refused: true });
    await expect(store.read(UPLOAD, signal)).resolves.toEqual(before);
  });

  test("calls everything else DYNAMODB_ERROR, and keeps the cause", async () => {
    const missing = new DynamoDbRecordStore(table.client, "no-such-table");
    const failure = {
      name: "TransientFailure",
      code: "DYNAMODB_ERROR",
      message: "the metadata table did not answer: ResourceNotFoundException",
      cause: expect.any(Error),
    };
    await expect(missing.update(claimed, signal)).rejects.toMatchObject(failure);
    await expect(missing.read(UPLOAD, signal)).rejects.toMatchObject(failure);
  });

  test("gives up when its signal aborts", async () => {
    const aborted = AbortSignal.abort();
    await expect(store.read(UPLOAD, aborted)).rejects.toMatchObject({ code: "DYNAMODB_ERROR" });
  });
});

describe("DynamoDbRecordStore on the wire", () => {
  const requests: { readonly target: string; readonly body: Record<string, unknown> }[] = [];
  let server: Server;
  let client: DynamoDBClient;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const target = String(request.headers["x-amz-target"]);
        requests.push({ target, body: JSON.parse(Buffer.concat(chunks).toString()) });
        response.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
        response.end(JSON.stringify({ __type: "com.amazonaws.dynamodb.v20120810#ThrottlingException" }));
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local-secret" },
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test("reads consistently, and takes a throttle for transient", async () => {
    const store = new DynamoDbRecordStore(client, "images");
    await expect(store.read(UPLOAD, signal)).rejects.toMatchObject({ code: "DYNAMODB_ERROR" });
    expect(requests.at(-1)).toMatchObject({
      target: "DynamoDB_20120810.GetItem",
      body: {
        TableName: "images",
        ConsistentRead: true,
        Key: { imageId: { S: UPLOAD.imageId }, timestamp: { N: String(UPLOAD.timestamp) } },
      },
    });
  });

  test("asks for the whole item after an update", async () => {
    const store = new DynamoDbRecordStore(client, "images");
    await expect(store.update(claimed, signal)).rejects.toMatchObject({ code: "DYNAMODB_ERROR" });
    expect(requests.at(-1)).toMatchObject({
      target: "DynamoDB_20120810.UpdateItem",
      body: { TableName: "images", ReturnValues: "ALL_NEW" },
    });
  });
});
