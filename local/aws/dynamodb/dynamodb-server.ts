import { constants } from "node:fs";
import { access, mkdir, rm } from "node:fs/promises";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import {
  type AttributeValue,
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  type TableStatus,
} from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { Level } from "level";
import { hasLoopbackHost, listenOnLoopback, readBody, stopServer } from "../../../loopback/loopback-server";

const ACTIVATION_POLL_MS = 5;
/** What DynamoDB itself takes. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

type TableDefinition = CreateTableCommandInput & { readonly TableName: string };
type Item = Readonly<Record<string, AttributeValue>>;

export interface DynamoDbServerOptions {
  /** Where the items are kept. One database at a time. */
  readonly directory: string;
  /** 0: any free port. */
  readonly port: number;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Created if absent. */
  readonly table: TableDefinition;
  /** Told of every item that was written or deleted, once that is so: its key at least, as the request said it. */
  readonly onWritten?: (item: Item) => void;
}

export interface DynamoDbServer {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts a local DynamoDB (dynalite) on 127.0.0.1 with one table. Items survive `kill -9`. Expiry by `ttl`, streams and
 * point-in-time recovery are missing.
 * @throws {Error} EADDRINUSE as Node words it when the port is taken; one sentence when the directory cannot be used
 */
export async function startDynamoDbServer(options: DynamoDbServerOptions): Promise<DynamoDbServer> {
  const { directory, table } = options;
  await ensureUsable(directory);
  const { client, ...database } = await openDatabase(options);
  try {
    if ((await tableStatus(client, table.TableName)) === "CREATING") {
      // A kill within the very first start. dynalite would leave the table so for ever; nothing was ever in it.
      await database.close();
      await rm(directory, { recursive: true });
      return await startDynamoDbServer(options);
    }
    await createTableIfAbsent(client, table);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openDatabase({ directory, port, region, credentials, onWritten }: DynamoDbServerOptions) {
  const server = dynalite({ path: directory, createTableMs: 0 });
  const gate = guardRequests(server, onWritten);
  const endpoint = await listenOnLoopback(server, port).catch(async (error) => {
    await closeDatabase(server, gate);
    throw error;
  });
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
function guardRequests(server: Server, onWritten: DynamoDbServerOptions["onWritten"]): Gate {
  const [handle] = server.listeners("request") as RequestListener[];
  const gate: Gate = { atWork: new Set(), closed: false };
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request, MAX_BODY_BYTES);
    if (gate.closed || response.closed) return response.destroy();
    if (!body) return response.writeHead(413).end();
    const answered = untilAnswered(response);
    gate.atWork.add(answered);
    void answered.then(() => gate.atWork.delete(answered));
    if (onWritten)
      response.once("finish", () => {
        if (response.statusCode === 200) for (const item of writtenItems(request, body)) onWritten(item);
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

/** An operation on a closed store ends the process: first the requests end, then the store. */
async function closeDatabase(server: Server, gate: Gate): Promise<void> {
  gate.closed = true;
  await Promise.all(gate.atWork);
  await stopServer(server);
}

/** Returns when the table takes items: for a moment after its creation dynalite knows nothing of it. */
async function createTableIfAbsent(client: DynamoDBClient, table: TableDefinition): Promise<void> {
  for (;;) {
    const status = await tableStatus(client, table.TableName);
    if (status === "ACTIVE") return;
    if (status === undefined) await client.send(new CreateTableCommand(table));
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

interface WriteRequest {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly RequestItems?: Readonly<Record<string, readonly BatchedWrite[]>>;
}

interface BatchedWrite {
  readonly PutRequest?: { readonly Item?: Item };
  readonly DeleteRequest?: { readonly Key?: Item };
}

const WRITES = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];

/** The items or keys that a request writes or deletes; none for one that only reads. */
function writtenItems(request: IncomingMessage, body: Buffer): readonly Item[] {
  const [, operation = ""] = String(request.headers["x-amz-target"]).split(".");
  if (!WRITES.includes(operation)) return [];
  const { Key, Item, RequestItems = {} } = JSON.parse(body.toString()) as WriteRequest;
  const batched = Object.values(RequestItems)
    .flat()
    .map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key);
  return [Key, Item, ...batched].filter((item) => item !== undefined);
}
