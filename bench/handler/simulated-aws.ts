import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/**
 * S3 and DynamoDB as far as one upload needs them, with the delays of a network near by. Argument: the file that every GET
 * answers with. Prints its port.
 */

const FIRST_BYTE_MS = 20;
const BYTES_PER_MS = 100_000;
const CHUNK_BYTES = 1_000_000;
const PUT_MS = 25;
const TABLE_MS = 8;

const original = readFileSync(process.argv[2] ?? "");

/** What both writes of an upload return: enough for its owner to go on. */
const ITEM = JSON.stringify({ Attributes: { attempts: { N: "1" }, processingStatus: { S: "completed" } } });

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  for await (const _ of request);
  switch (request.method) {
    case "GET":
      await wait(FIRST_BYTE_MS);
      response.writeHead(200, { "content-length": original.length, "content-type": "image/jpeg", etag: '"bench"' });
      return sendAtRate(response);
    case "PUT":
      await wait(PUT_MS);
      response.writeHead(200, { etag: '"bench"', "content-length": 0 });
      response.end();
      return;
    default:
      await wait(TABLE_MS);
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": ITEM.length });
      response.end(ITEM);
  }
}

/** Against the clock, so that late timers are made up for. */
async function sendAtRate(response: ServerResponse): Promise<void> {
  const startMs = performance.now();
  for (let sent = 0; sent < original.length; sent += CHUNK_BYTES) {
    const dueMs = startMs + Math.min(sent + CHUNK_BYTES, original.length) / BYTES_PER_MS;
    await wait(Math.max(0, dueMs - performance.now()));
    response.write(original.subarray(sent, sent + CHUNK_BYTES));
  }
  response.end();
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address && typeof address === "object") process.stdout.write(`${address.port}\n`);
});
process.stdin.resume().on("end", () => process.exit());
