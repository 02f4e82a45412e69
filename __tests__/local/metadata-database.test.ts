import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  BatchWriteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { buildSync } from "esbuild";
import type { DynamoDbServer } from "../../local/aws/dynamodb/dynamodb-server";
import { peakMemoryMb } from "../../local/aws/lambda/peak-memory";
import { startMetadataDatabase } from "../../local/metadata-database";
import { temporaryDirectory } from "../support/temporary-directory";
import { thoroughTest } from "../support/thorough";

// Processes start and photos are decoded: a loaded machine takes its time.
jest.setTimeout(30_000);

const root = temporaryDirectory();
const credentials = { accessKeyId: "local", secretAccessKey: "local-secret" };
const region = "us-east-1";
const tableName = "image-metadata-local";
const running: DynamoDbServer[] = [];
const hosts: ChildProcess[] = [];
afterAll(async () => {
  for (const child of hosts) child.kill("SIGKILL");
  await Promise.all(running.map((database) => database.close()));
});

async function start(directory: string, port = 0) {
  const database = await startMetadataDatabase({ directory, port, region, credentials, tableName });
  running.push(database);
  return { database, client: clientOf(database.endpoint) };
}
/** A database in a process of its own. */
async function startHost(directory: string) {
  const host = join(root, "database-host.js");
  const entry = "__tests__/support/database-host.ts";
  buildSync({ entryPoints: [entry], bundle: true, platform: "node", packages: "external", outfile: host });
  const nodePath = { ...process.env, NODE_PATH: join(process.cwd(), "node_modules") };
  const child = spawn(process.execPath, [host, directory], { stdio: "pipe", env: nodePath });
  hosts.push(child);
  const [endpoint] = await once(child.stdout, "data");
  return { child, endpoint: String(endpoint) };
}
const clientOf = (endpoint: string) => new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 });
const itemOf = (imageId: string, timestamp = 1) => ({
  imageId: { S: imageId },
  timestamp: { N: String(timestamp) },
  processingStatus: { S: "completed" },
});
const put = (client: DynamoDBClient, imageId: string, timestamp = 1) =>
  client.send(new PutItemCommand({ TableName: tableName, Item: itemOf(imageId, timestamp) }));

/** As many as one request may write. */
const putBatch = (client: DynamoDBClient, name: string) => {
  const items = Array.from({ length: 25 }, (_, index) => itemOf(`${name}-${index}`));
  return client.send(
    new BatchWriteItemCommand({ RequestItems: { [tableName]: items.map((Item) => ({ PutRequest: { Item } })) } }),
  );
};

describe("startMetadataDatabase", () => {
  test("creates the table with its keys and indexes, once", async () => {
    const { database, client } = await start(join(root, "created"));
    await put(client, "a");
    await database.close();

    const { client: again } = await start(join(root, "created"));
    const { Table } = await again.send(new DescribeTableCommand({ TableName: tableName }));
    expect(Table).toMatchObject({
      TableStatus: "ACTIVE",
      KeySchema: [
        { AttributeName: "imageId", KeyType: "HASH" },
        { AttributeName: "timestamp", KeyType: "RANGE" },
      ],
    });
    const { Items } = await again.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: "StatusIndex",
        KeyConditionExpression: "processingStatus = :status",
        ExpressionAttributeValues: { ":status": { S: "completed" } },
      }),
    );
    expect(Items?.map(({ imageId }) => imageId?.S)).toEqual(["a"]);
  });

  test("keeps every acknowledged item when its process is killed with SIGKILL", async () => {
    const directory = join(root, "killed");
    const { child, endpoint } = await startHost(directory);
    const client = clientOf(endpoint);
    const acknowledged: string[] = [];
    await Promise.allSettled(
      Array.from({ length: 200 }, async (_, n) => {
        await put(client, `image-${n}`, n);
        if (acknowledged.push(`image-${n}`) === 100) child.kill("SIGKILL");
      }),
    );
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");

    const { client: again } = await start(directory);
    const found = await Promise.all(
      acknowledged.map((imageId) =>
        again.send(
          new GetItemCommand({
            TableName: tableName,
            Key: { imageId: { S: imageId }, timestamp: { N: imageId.slice("image-".length) } },
          }),
        ),
      ),
    );
    expect(acknowledged.length).toBeGreaterThanOrEqual(100);
    expect(found.filter(({ Item }) => !Item)).toEqual([]);
  });

  thoroughTest("starts anew when its process was killed while it created the table", async () => {
    const directory = join(root, "half-created");
    const script = `
      const server = require("dynalite")({ path: process.argv[1], createTableMs: 60000 });
      server.listen(0, "127.0.0.1", async () => {
        const { CreateTableCommand, DynamoDBClient } = require("@aws-sdk/client-dynamodb");
        const endpoint = "http://127.0.0.1:" + server.address().port;
        const credentials = { accessKeyId: "local", secretAccessKey: "local-secret" };
        await new DynamoDBClient({ endpoint, region: "us-east-1", credentials }).send(new CreateTableCommand({
          TableName: "${tableName}", BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "imageId", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "imageId", KeyType: "HASH" }],
        }));
        process.kill(process.pid, "SIGKILL");
      });`;
    await once(spawn(process.execPath, ["-e", script, directory], { stdio: "ignore" }), "close");
    const { client } = await start(directory);
    await put(client, "a");
  });

  test("closes at once, with idle connections and one in the middle of a body", async () => {
    const { database, client } = await start(join(root, "closing"));
    await put(client, "a");
    const socket = connect(Number(new URL(database.endpoint).port), "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(`POST / HTTP/1.1\r\nHost: ${new URL(database.endpoint).host}\r\nContent-Length: 9\r\n\r\nhal`);
    const startedAt = performance.now();
    await database.close();
    // dynalite alone would wait for half a minute.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  test("closes after what it still works on for clients that have left", async () => {
    const { database, client } = await start(join(root, "left"));
    for (let batch = 0; batch < 20; batch += 1) await putBatch(client, `batch-${batch}`);
    const leavers = Array.from({ length: 10 }, () => new AbortController());
    const query = new QueryCommand({
      TableName: tableName,
      IndexName: "StatusIndex",
      KeyConditionExpression: "processingStatus = :status",
      ExpressionAttributeValues: { ":status": { S: "completed" } },
    });
    const queries = leavers.map(({ signal }) => client.send(query, { abortSignal: signal }));
    const ends = Promise.allSettled(queries);
    // Asked last: by its answer the queries are at work.
    await client.send(new DescribeTableCommand({ TableName: tableName }));
    for (const leaver of leavers) leaver.abort();
    expect((await ends).map(({ status }) => status)).toContain("rejected");
    // An error of the store would come from one of its own callbacks, and fail this test.
    await database.close();
  });

  test("survives a client that breaks off within a body", async () => {
    const { database, client } = await start(join(root, "broken-off"));
    const { port, host } = new URL(database.endpoint);
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    socket.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 9\r\n\r\nhal`);
    socket.destroy();
    await once(socket, "close");
    await put(client, "a");
  });

  test.each([
    ["a foreign host name", { host: "rebound.example" }],
    ["a web page", { origin: "https://page.example" }],
  ])("refuses %s", async (_, headers) => {
    const { database } = await start(join(root, `refusing-${Object.keys(headers)}`));
    const sent = request(database.endpoint, { method: "POST", headers }).end("{}");
    const [response] = await once(sent, "response");
    expect(response.statusCode).toBe(403);
    expect(response.headers["access-control-allow-origin"]).toBeUndefined();
    response.destroy();
  });

  thoroughTest("answers 413 to more than 16 MB, and keeps none of it", async () => {
    const { child, endpoint } = await startHost(join(root, "large-bodies"));
    const mb = Buffer.alloc(1024 * 1024, " ");
    const send = async (...chunks: readonly Buffer[]) => {
      const sent = request(endpoint, { method: "POST" });
      const responded = once(sent, "response");
      await pipeline(Readable.from(chunks), sent);
      const [response] = await responded;
      response.resume();
      return response.statusCode;
    };
    const largest = Array.from({ length: 16 }, () => mb);
    // It reached the database, which knows no such operation.
    expect(await send(...largest)).toBe(404);
    expect(await send(...largest, Buffer.from(" "))).toBe(413);
    const before = peakMemoryMb(child.pid ?? 0);
    expect(await send(...Array.from({ length: 400 }, () => mb))).toBe(413);
    expect(peakMemoryMb(child.pid ?? 0) - before).toBeLessThan(200);
    await put(clientOf(endpoint), "a");
  });

  test("says which directory holds a damaged database, and what can be done", async () => {
    const directory = join(root, "damaged");
    const { database } = await start(directory);
    await database.close();
    writeFileSync(join(directory, "CURRENT"), "garbage");
    await expect(start(directory)).rejects.toThrow(
      /damaged must hold a database that can be read \(Corruption: .*\): restore it, or move it away to begin anew$/,
    );
  });

  test("says which directory cannot be used", async () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    await expect(start(file)).rejects.toThrow(`${file} must be a directory that can be read and written (EEXIST)`);
  });

  test("leaves a taken port to its owner", async () => {
    const { database } = await start(join(root, "first"));
    const port = Number(new URL(database.endpoint).port);
    await expect(start(join(root, "second"), port)).rejects.toMatchObject({ code: "EADDRINUSE", port });
  });
});
