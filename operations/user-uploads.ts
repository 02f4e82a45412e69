import { createHash } from "node:crypto";
import { QueryCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { METADATA_TABLE } from "../contract/names";
import type { ImageRecord, RecordKey } from "../lambda-src/records/image-record";
import { isFinished } from "./image-progress";
import type { Pipeline } from "./pipeline-clients";

const [, USER_INDEX] = METADATA_TABLE.indexes;
const PAGE_ITEMS = 1000;
const ATTRIBUTES = ["imageId", "timestamp", "originalKey", "eTag", "processingStatus", "errorCode", "leaseExpiresAt"];
/** Digest, two halves of the image id, timestamp. */
const CELLS = 4;

type Item = Pick<ImageRecord, "imageId" | "timestamp" | "originalKey" | "processingStatus"> & Partial<ImageRecord>;
/** What the table knows of an object: nothing, that its image is done with, or the record of one that is not. */
export type KnownUpload = "unknown" | "finished" | RecordKey;

/**
 * Which objects of one user have a record, by key and ETag. Takes 8 bytes for each finished record and 36 for each other one, so
 * that a user with a million images fits into memory. Two of a million objects share a digest of 64 bits once in
 * 18 million times; one of them would then count as known.
 */
export class UserUploads {
  readonly #finished: BigUint64Array;
  readonly #rows: BigUint64Array;
  /** Row numbers in the order of their digests. */
  readonly #order: Uint32Array;

  private constructor(finished: Cells, rows: Cells) {
    this.#finished = finished.toArray().sort();
    this.#rows = rows.toArray();
    const digestOf = (row: number) => this.#rows[row * CELLS] ?? 0n;
    this.#order = Uint32Array.from({ length: this.#rows.length / CELLS }, (_, row) => row).sort((a, b) =>
      digestOf(a) < digestOf(b) ? -1 : digestOf(a) > digestOf(b) ? 1 : 0,
    );
  }

  /** Reads the user's whole partition of the index once. */
  static async load(userId: string, pipeline: Pipeline, signal?: AbortSignal): Promise<UserUploads> {
    const finished = new Cells();
    const rows = new Cells();
    const nowMs = pipeline.clock.now();
    let startKey: QueryCommandInput["ExclusiveStartKey"];
    do {
      const { Items = [], LastEvaluatedKey } = await pipeline.dynamodb.send(
        new QueryCommand({
          TableName: pipeline.metadataTable,
          IndexName: USER_INDEX.name,
          KeyConditionExpression: "#user = :user",
          ProjectionExpression: ATTRIBUTES.map((_, index) => `#a${index}`).join(", "),
          ExpressionAttributeNames: {
            "#user": USER_INDEX.partitionKey,
            ...Object.fromEntries(ATTRIBUTES.map((name, index) => [`#a${index}`, name])),
          },
          ExpressionAttributeValues: { ":user": { S: userId } },
          Limit: PAGE_ITEMS,
          ExclusiveStartKey: startKey,
        }),
        { abortSignal: signal },
      );
      for (const item of Items) note(unmarshall(item) as Item, finished, rows, nowMs);
      startKey = LastEvaluatedKey;
    } while (startKey);
    return new UserUploads(finished, rows);
  }

  find(key: string, eTag: string): KnownUpload {
    const digest = digestOf(key, eTag);
    const index = firstIndex(this.#finished.length, (at) => (this.#finished[at] ?? 0n) >= digest);
    if (this.#finished[index] === digest) return "finished";
    const cell = (at: number, offset: number) => this.#rows[(this.#order[at] ?? 0) * CELLS + offset] ?? 0n;
    const at = firstIndex(this.#order.length, (position) => cell(position, 0) >= digest);
    if (at === this.#order.length || cell(at, 0) !== digest) return "unknown";
    return { imageId: formatId(cell(at, 1), cell(at, 2)), timestamp: Number(cell(at, 3)) };
  }
}

function note(item: Item, finished: Cells, rows: Cells, nowMs: number): void {
  const { imageId, timestamp, originalKey, eTag } = item;
  const hex = imageId.replaceAll("-", "");
  // Without an ETag another system wrote it, and it says nothing of the object that is there now.
  if (eTag === undefined || !/^[0-9a-f]{32}$/.test(hex)) return;
  const digest = digestOf(originalKey, eTag);
  if (isFinished(item, nowMs)) finished.push(digest);
  else rows.push(digest, BigInt(`0x${hex.slice(0, 16)}`), BigInt(`0x${hex.slice(16)}`), BigInt(timestamp));
}

const digestOf = (key: string, eTag: string): bigint =>
  createHash("sha256")
    .update(JSON.stringify([key, eTag]))
    .digest()
    .readBigUInt64BE();

function formatId(high: bigint, low: bigint): string {
  const hex = [high, low].map((half) => half.toString(16).padStart(16, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The first index from which on `holds` is true. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Numbers of 64 bits that grow in place. */
class Cells {
  #cells = new BigUint64Array(64);
  #length = 0;

  push(...values: readonly bigint[]): void {
    if (this.#length + values.length > this.#cells.length) {
      const grown = new BigUint64Array(this.#cells.length * 2);
      grown.set(this.#cells);
      this.#cells = grown;
    }
    this.#cells.set(values, this.#length);
    this.#length += values.length;
  }

  toArray(): BigUint64Array {
    return this.#cells.slice(0, this.#length);
  }
}
