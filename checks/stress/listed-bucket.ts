import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

const PAGE = 1000;
const OBJECTS_PER_USER = 100;
/** Every so many objects have a completed record. */
const KNOWN_EVERY = 10;
const LAST_MODIFIED = "2026-01-01T00:00:00.000Z";

/**
 * Just enough of S3, DynamoDB and Lambda for a backfill of any number of objects, none of which takes memory: a listing, what
 * the table knows of each user, and a function that accepts everything and counts.
 */
export class ListedBucket {
  /** How often each object was sent. */
  readonly sent: Uint8Array;
  /** When each invocation came, in ms of `performance.now()`. */
  readonly times: number[] = [];
  /** Objects that came under two identities. */
  readonly ambiguous = new Set<number>();
  readonly #sequencers = new Map<number, string>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(readonly objects: number) {
    this.sent = new Uint8Array(objects);
  }

  /** Returns the endpoint of all three services. */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  isKnown(n: number): boolean {
    return n % KNOWN_EVERY === 0;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://localhost");
    const body = await text(request);
    if (url.searchParams.get("list-type") === "2") {
      response.writeHead(200, { "Content-Type": "application/xml" }).end(this.#list(url.searchParams));
    } else if (request.headers["x-amz-target"] === "DynamoDB_20120810.Query") {
      const user = JSON.parse(body).ExpressionAttributeValues[":user"].S as string;
      response.writeHead(200, { "Content-Type": "application/x-amz-json-1.0" }).end(this.#recordsOf(user));
    } else if (url.pathname.endsWith("/invocations")) {
      this.#invoked(JSON.parse(body));
      response.writeHead(202).end();
    } else response.writeHead(501).end();
  }

  #list(parameters: URLSearchParams): string {
    const startAfter = parameters.get("start-after");
    const start = Number(parameters.get("continuation-token") ?? (startAfter ? numberOf(startAfter) + 1 : 0));
    const end = Math.min(start + PAGE, this.objects);
    const contents: string[] = [];
    for (let n = start; n < end; n++)
      contents.push(
        `<Contents><Key>${keyOf(n)}</Key><LastModified>${LAST_MODIFIED}</LastModified><ETag>&quot;${eTagOf(n)}&quot;</ETag><Size>1000</Size></Contents>`,
      );
    const next = end < this.objects ? `<NextContinuationToken>${end}</NextContinuationToken>` : "";
    return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${next !== ""}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`;
  }

  #recordsOf(user: string): string {
    const first = Number(user.slice("user-".length)) * OBJECTS_PER_USER;
    const Items = Array.from({ length: OBJECTS_PER_USER }, (_, offset) => first + offset)
      .filter((n) => this.isKnown(n))
      .map((n) => ({
        imageId: { S: createHash("sha256").update(String(n)).digest("hex").slice(0, 32) },
        timestamp: { N: "1767225600" },
        originalKey: { S: keyOf(n) },
        eTag: { S: eTagOf(n) },
        processingStatus: { S: "completed" },
      }));
    return JSON.stringify({ Items, Count: Items.length });
  }

  #invoked(event: { readonly Records: readonly { readonly s3: { object: { key: string; sequencer: string } } }[] }) {
    const { key = "", sequencer = "" } = event.Records[0]?.s3.object ?? {};
    const n = numberOf(key);
    this.sent[n] = (this.sent[n] ?? 0) + 1;
    this.times.push(performance.now());
    const before = this.#sequencers.get(n);
    if (before !== undefined && before !== sequencer) this.ambiguous.add(n);
    this.#sequencers.set(n, sequencer);
  }
}

const keyOf = (n: number): string =>
  `uploads/user-${String(Math.floor(n / OBJECTS_PER_USER)).padStart(6, "0")}/photo-${String(n).padStart(9, "0")}.jpg`;
const numberOf = (key: string): number => Number(/photo-(\d+)\.jpg$/.exec(key)?.[1]);
const eTagOf = (n: number): string => createHash("md5").update(String(n)).digest("hex");
