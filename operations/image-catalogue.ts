import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { METADATA_TABLE } from "../contract/names";
import type { ImageRecord, RecordStatus } from "../lambda-src/records/image-record";
import { type CataloguePosition, formatCursor, parseCursor } from "./catalogue-cursor";

export const STATUSES: readonly RecordStatus[] = ["pending", "processing", "completed", "failed"];

/** Which records; everything that is given must hold. */
export interface ImageFilter {
  readonly status?: RecordStatus;
  readonly userId?: string;
  /** Epoch seconds of the upload, both inclusive. */
  readonly since?: number;
  readonly until?: number;
}

export interface ImagePage {
  /** Newest upload first. */
  readonly records: readonly ImageRecord[];
  /** Asks for the page behind; absent on the last one. */
  readonly cursor?: string;
}

interface Partition {
  readonly index: (typeof METADATA_TABLE)["indexes"][number];
  readonly value: string;
  readonly status?: RecordStatus;
}

const [STATUS_INDEX, USER_INDEX] = METADATA_TABLE.indexes;
/** DynamoDB's own pages are 1 MB; a filter can leave of them next to nothing. */
const QUERY_LIMIT = 1000;

/** Reads the metadata table by its keys and indexes: no scan, however many images there are. */
export class ImageCatalogue {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(pipeline: { readonly dynamodb: DynamoDBClient; readonly metadataTable: string }) {
    this.#client = pipeline.dynamodb;
    this.#tableName = pipeline.metadataTable;
  }

  /**
   * One page of at most `limit` records. The indexes lag behind by a moment, and a record that changes its state between two
   * pages may be on both or on none.
   * @throws {BadCursor} when the cursor is none that a page of this filter gave
   */
  async list(
    filter: ImageFilter,
    { limit, cursor, signal }: { readonly limit: number; readonly cursor?: string; readonly signal?: AbortSignal },
  ): Promise<ImagePage> {
    const partitions = partitionsOf(filter);
    const positions = parseCursor(
      cursor,
      partitions.map(({ value }) => value),
    );
    const found = await Promise.all(
      partitions.map(async (partition) => {
        const position = positions.get(partition.value) ?? "start";
        return position === "end" ? [] : this.#read(partition, filter, position, limit + 1, signal);
      }),
    );
    // A stable sort: records of one partition keep the order of their index, which the positions rely on.
    const merged = found.flat().sort((a, b) => b.timestamp - a.timestamp);
    const records = merged.slice(0, limit);
    if (merged.length <= limit) return { records };
    const next = partitions.map(({ value }, index): [string, CataloguePosition] => {
      const own = found[index] ?? [];
      const last = own.findLast((record) => records.includes(record));
      if (last && own.at(-1) === last) return [value, "end"];
      return [value, last ? { imageId: last.imageId, timestamp: last.timestamp } : (positions.get(value) ?? "start")];
    });
    return { records, cursor: formatCursor(new Map(next)) };
  }

  /** All records of a filter, page by page: memory stays bounded. */
  async *all(filter: ImageFilter, signal?: AbortSignal): AsyncGenerator<ImageRecord, void, void> {
    for (const partition of partitionsOf(filter))
      for await (const records of this.#pages(partition, filter, "start", QUERY_LIMIT, signal)) yield* records;
  }

  /** The record of an image, or `undefined`. Consistent: it sees every write that was acknowledged. */
  async find(imageId: string, signal?: AbortSignal): Promise<ImageRecord | undefined> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: "#id = :id",
        ExpressionAttributeNames: { "#id": METADATA_TABLE.partitionKey },
        ExpressionAttributeValues: { ":id": { S: imageId } },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: 1,
      }),
      { abortSignal: signal },
    );
    return Items[0] && (unmarshall(Items[0]) as ImageRecord);
  }

  async #read(
    partition: Partition,
    filter: ImageFilter,
    position: CataloguePosition,
    limit: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly ImageRecord[]> {
    const records: ImageRecord[] = [];
    for await (const page of this.#pages(partition, filter, position, Math.min(limit, QUERY_LIMIT), signal)) {
      records.push(...page);
      if (records.length >= limit) break;
    }
    return records.slice(0, limit);
  }

  async *#pages(
    partition: Partition,
    filter: ImageFilter,
    position: CataloguePosition,
    pageSize: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly ImageRecord[], void, void> {
    const { name, partitionKey } = partition.index;
    let startKey: QueryCommandInput["ExclusiveStartKey"] =
      typeof position === "string" ? undefined : marshall({ ...position, [partitionKey]: partition.value });
    do {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({
          TableName: this.#tableName,
          IndexName: name,
          ...queryOf(partition, filter),
          ScanIndexForward: false,
          Limit: pageSize,
          ExclusiveStartKey: startKey,
        }),
        { abortSignal: signal },
      );
      yield Items.map((item) => unmarshall(item) as ImageRecord);
      startKey = LastEvaluatedKey;
    } while (startKey);
  }
}

/** By user where one is given: a user has fewer images than a state. */
function partitionsOf({
  status,
  userId,
  since = 0,
  until = Number.POSITIVE_INFINITY,
}: ImageFilter): readonly Partition[] {
  // DynamoDB refuses a range whose ends are in the wrong order.
  if (since > until) return [];
  if (userId !== undefined) return [{ index: USER_INDEX, value: userId, status }];
  const statuses = status === undefined ? STATUSES : [status];
  return statuses.map((value) => ({ index: STATUS_INDEX, value }));
}

function queryOf({ index, value, status }: Partition, { since, until }: ImageFilter) {
  const values: Record<string, AttributeValue> = {
    ":key": { S: value },
    ":since": { N: String(since ?? 0) },
    ":until": { N: String(until ?? Number.MAX_SAFE_INTEGER) },
  };
  const names = { "#key": index.partitionKey, "#time": METADATA_TABLE.sortKey };
  const keys = { KeyConditionExpression: "#key = :key AND #time BETWEEN :since AND :until" };
  if (status === undefined) return { ...keys, ExpressionAttributeNames: names, ExpressionAttributeValues: values };
  return {
    ...keys,
    FilterExpression: "#status = :status",
    ExpressionAttributeNames: { ...names, "#status": STATUS_INDEX.partitionKey },
    ExpressionAttributeValues: { ...values, ":status": { S: status } },
  };
}
