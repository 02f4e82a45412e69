import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as v from "valibot";
import { METADATA_TABLE } from "../../lambda-src/contract";
import type { ImageRecord, RecordStatus } from "../../lambda-src/pipeline/image-record";
import { BadRequest } from "./bad-request";
import { STATES } from "./state-tally";

const [STATUS_INDEX, USER_INDEX] = METADATA_TABLE.indexes;

type ItemKey = Readonly<Record<string, AttributeValue>>;
/** Where each query goes on; absent before its first page, null after its last. */
type Position = ItemKey | null | undefined;

const cursorSchema = v.record(
  v.string(),
  v.nullable(v.record(v.string(), v.union([v.object({ S: v.string() }), v.object({ N: v.string() })]))),
);

export interface ImageFilter {
  readonly state?: RecordStatus;
  readonly user?: string;
}

export interface ImagePage {
  readonly images: readonly ImageRecord[];
  /** For the next page; absent after the last. */
  readonly cursor?: string;
}

/** Reads the metadata table for the console, by its keys and indexes: no scan, however many images there are. */
export class ImageCatalogue {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
  ) {}

  /** Images newest upload first, a page at a time. @throws {BadRequest} for a cursor that is none of ours */
  async page({ state, user }: ImageFilter, limit: number, cursor?: string): Promise<ImagePage> {
    const before = cursor === undefined ? {} : parseCursor(cursor);
    const partitions = user ? [user] : state ? [state] : STATES;
    const index = user ? USER_INDEX : STATUS_INDEX;
    const filter = user && state ? state : undefined;
    const parts = await Promise.all(
      partitions.map(async (partition) => {
        const position = before[partition];
        const items = position === null ? [] : await this.#query(index, partition, limit, position, filter);
        return { partition, position, ...("items" in items ? items : { items: [], next: null }) };
      }),
    );
    const images = parts
      .flatMap(({ items, partition }) => items.map((image) => ({ image, partition })))
      .sort((a, b) => b.image.timestamp - a.image.timestamp)
      .slice(0, limit);
    const after: Record<string, Position> = {};
    for (const { partition, position, items, next } of parts) {
      const taken = images.filter((entry) => entry.partition === partition);
      const last = taken.at(-1)?.image;
      if (taken.length === items.length) after[partition] = next ?? null;
      else after[partition] = last ? keyOf(last, index.partitionKey) : position;
    }
    const over = Object.values(after).every((position) => position === null);
    return { images: images.map(({ image }) => image), ...(!over && { cursor: formatCursor(after) }) };
  }

  /** The record of an image, as of now, or `undefined`. */
  async find(imageId: string): Promise<ImageRecord | undefined> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        ConsistentRead: true,
        KeyConditionExpression: "#key = :key",
        ExpressionAttributeNames: { "#key": METADATA_TABLE.partitionKey },
        ExpressionAttributeValues: { ":key": { S: imageId } },
        Limit: 1,
      }),
    );
    return Items[0] && (unmarshall(Items[0]) as ImageRecord);
  }

  async #query(
    index: { readonly name: string; readonly partitionKey: string },
    partition: string,
    limit: number,
    position: ItemKey | undefined,
    state: RecordStatus | undefined,
  ): Promise<{ items: readonly ImageRecord[]; next: ItemKey | undefined }> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        IndexName: index.name,
        KeyConditionExpression: "#key = :key",
        ...(state && { FilterExpression: "#state = :state" }),
        ExpressionAttributeNames: { "#key": index.partitionKey, ...(state && { "#state": STATUS_INDEX.partitionKey }) },
        ExpressionAttributeValues: { ":key": { S: partition }, ...(state && { ":state": { S: state } }) },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: position,
      }),
    );
    return { items: Items.map((item) => unmarshall(item) as ImageRecord), next: LastEvaluatedKey };
  }
}

const keyOf = (image: ImageRecord, indexKey: "processingStatus" | "userId"): ItemKey => ({
  [METADATA_TABLE.partitionKey]: { S: image.imageId },
  [METADATA_TABLE.sortKey]: { N: String(image.timestamp) },
  [indexKey]: { S: image[indexKey] },
});

const formatCursor = (positions: Readonly<Record<string, Position>>): string =>
  Buffer.from(JSON.stringify(positions)).toString("base64url");

function parseCursor(text: string): Record<string, Position> {
  try {
    return v.parse(cursorSchema, JSON.parse(Buffer.from(text, "base64url").toString())) as Record<string, Position>;
  } catch (cause) {
    throw new BadRequest("cursor must be one that this console gave out", { cause });
  }
}
