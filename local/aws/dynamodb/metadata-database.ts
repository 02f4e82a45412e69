import { once } from "node:events";
import { constants } from "node:fs";
import { access, mkdir, rm } from "node:fs/promises";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  type TableStatus,
} from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { Level } from "level";
import { METADATA_TABLE } from "../../../contract/names";
import type { RecordKey } from "../../../lambda-src/records/image-record";
import { hasLoopbackHost, LOOPBACK_ADDRESS } from "../http/loopback-request";
import { writtenImages } from "./written-images";

const ACTIVATION_POLL_MS = 5;
/** What DynamoDB itself takes. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export interface MetadataDatabaseOptions {
  /** Where the items are kept. One database at a time. */
  readonly directory: string;
  /** 0: any free port. */
  readonly port: number;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly tableName: string;
  /** Told of every item that was written or deleted, once that is so. */
  readonly onWritten?: (key: Pick<RecordKey, "imageId">) => void;
}

export interface MetadataDatabase {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts a local DynamoDB (dynalite) on 127.0.0.1 with the metadata table and its indexes, created if absent. Items
 * survive `kill -9`. Expiry by `ttl`, streams and point-in-time recovery are missing.
 * @throws {Error} EADDRINUSE as Node words it when the port is taken; one sentence when the directory cannot be used
 */
export async function startMetadataDatabase(options: MetadataDatabaseOptions): Promise<MetadataDatabase> {
  const { directory, tableName } = options;
  await ensureUsable(directory);
  const { client, ...database } = await openDatabase(options);
  try {
    if ((await tableStatus(client, tableName)) === "CREATING") {
      // A kill within the very first start. dynalite would leave the table so for ever; nothing was ever in it.
      await database.close();
      await rm(directory, { recursive: true });
      return await startMetadataDatabase(options);
    }
    await createTableIfAbsent(client, tableName);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openDatabase({ directory, port, region, credentials, onWritten }: MetadataDatabaseOptions) {
  const server = dynalite({ path: directory, createTableMs: 0 });
  const gate = guardRequests(server, onWritten);
  server.listen(port, LOOPBACK_ADDRESS);
  try {
    await once(server, "listening");
  } catch (error) {
    await closeDatabase(server, gate);
    throw error;
  }
  const endpoint = `http://${LOOPBACK_ADDRESS}:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({ endpoint, region, credentials });
  let closing: Promise<void> | undefined;
  const close = () => {
    client.destroy();
    closing ??= closeDatabase(server, gate);
    return closing;
  };
  return { endpoint, client, close };
}

/** dynalite itself would end the whole process at the first request. */
async function ensureUsable(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`${directory} must be a directory that can be read and written (${code})`, { cause });
  }
  await ensureReadable(new Level(directory));
}

async function ensureReadable(files: Level): Promise<void> {
  try {
    await files.open();
  } catch (error) {
    const reason = ((error as Error).cause ?? error) as Error & { readonly code?: string };
    const remedy = reason.code === "LEVEL_CORRUPTION" ? ": restore it, or move it away to begin anew" : "";
    throw new Error(`${files.location} must hold a database that can be read (${reason.message})${remedy}`, {
      cause: error,
    });
  }
  await files.close();
}

/** Stands before dynalite's own listener. */
interface Gate {
  /** Requests that dynalite has not answered yet, or whose answers are still on their way. */
  readonly atWork: Set<Promise<void>>;
  closed: boolean;
}

/**
 * Lets only whole requests of this machine's programs through: a client that dies within a body would end this process,
 * and dynalite itself takes any signature and allows every origin, so that any web page could read and write items.
 */
function guardRequests(server: Server, onWritten: MetadataDatabaseOptions["onWritten"]): Gate {
  const [handle] = server.listeners("request") as RequestListener[];
  const gate: Gate = { atWork: new Set(), closed: false };
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request);
    if (gate.closed || response.closed) return response.destroy();
    if (!body) return response.writeHead(413).end();
    const answered = untilAnswered(response);
    gate.atWork.add(answered);
    void answered.then(() => gate.atWork.delete(answered));
    if (onWritten)
      response.once("finish", () => {
        if (response.statusCode === 200) for (const imageId of writtenImages(request, body)) onWritten({ imageId });
      });
    const { method, url, headers } = request;
    return handle?.(Object.assign(Readable.from([body]), { method, url, headers }) as IncomingMessage, response);
  };
  server.removeAllListeners("request");
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (!hasLoopbackHost(request) || request.headers.origin !== undefined)
      response.writeHead(403, { Connection: "close" }).end();
    else pass(request, response).catch(() => response.destroy());
  });
  return gate;
}

/** dynalite works on for a client that has left, and ends the response all the same. */
async function untilAnswered(response: ServerResponse): Promise<void> {
  const closed = new Promise((resolve) => response.once("close", resolve));
  const end = response.end;
  const ended = new Promise<void>((resolve) => {
    response.end = (...given: unknown[]) => {
      resolve();
      return Reflect.apply(end, response, given);
    };
  });
  await Promise.all([ended, closed]);
}

/** Nothing when there is too much, which is read to its end but not kept: many clients read the answer only then. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

/** An operation on a closed store ends the process: first the requests end, then the store. */
async function closeDatabase(server: Server, gate: Gate): Promise<void> {
  gate.closed = true;
  await Promise.all(gate.atWork);
  const closed = new Promise((resolve) => server.close(resolve));
  // Without this, dynalite waits half a minute for idle connections.
  server.closeAllConnections();
  await closed;
}

/** Returns when the table takes items: for a moment after its creation dynalite knows nothing of it. */
async function createTableIfAbsent(client: DynamoDBClient, tableName: string): Promise<void> {
  for (
    let status = await tableStatus(client, tableName);
    status !== "ACTIVE";
    status = await tableStatus(client, tableName)
  ) {
    if (status === undefined) await client.send(new CreateTableCommand(tableDefinition(tableName)));
    await setTimeout(ACTIVATION_POLL_MS);
  }
}

async function tableStatus(client: DynamoDBClient, tableName: string): Promise<TableStatus | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table?.TableStatus;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function tableDefinition(TableName: string): CreateTableCommandInput {
  const { partitionKey, sortKey, indexes } = METADATA_TABLE;
  const keySchema = (partition: string) => [
    { AttributeName: partition, KeyType: "HASH" as const },
    { AttributeName: sortKey, KeyType: "RANGE" as const },
  ];
  const texts = [partitionKey, ...indexes.map((index) => index.partitionKey)];
  return {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      ...texts.map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
      { AttributeName: sortKey, AttributeType: "N" as const },
    ],
    KeySchema: keySchema(partitionKey),
    GlobalSecondaryIndexes: indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: keySchema(index.partitionKey),
      Projection: { ProjectionType: "ALL" as const },
    })),
  };
}
