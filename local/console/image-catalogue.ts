import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { METADATA_TABLE } from "../../lambda-src/contract";
import type { ImageRecord, RecordStatus } from "../../lambda-src/pipeline/image-record";

const STATUSES: readonly RecordStatus[] = ["pending", "processing", "completed", "failed"];
const [STATUS_INDEX] = METADATA_TABLE.indexes;

/** Reads the metadata table for the console, by its keys and indexes: no scan, however many images there are. */
export class ImageCatalogue {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
  ) {}

  /** The newest records in any state, newest upload first. */
  async newest(limit: number): Promise<readonly ImageRecord[]> {
    const records = await Promise.all(
      STATUSES.map((status) => this.#query(STATUS_INDEX.partitionKey, status, limit, STATUS_INDEX.name)),
    );
    return records
      .flat()
      .sort((a, b) => b.timestamp - a.timestamp)
      .slice(0, limit);
  }

  /** The record of an image, or `undefined`. */
  async find(imageId: string): Promise<ImageRecord | undefined> {
    const [record] = await this.#query(METADATA_TABLE.partitionKey, imageId, 1);
    return record;
  }

  async #query(keyName: string, key: string, limit: number, indexName?: string): Promise<readonly ImageRecord[]> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        IndexName: indexName,
        KeyConditionExpression: "#key = :key",
        ExpressionAttributeNames: { "#key": keyName },
        ExpressionAttributeValues: { ":key": { S: key } satisfies AttributeValue },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return Items.map((item) => unmarshall(item) as ImageRecord);
  }
}
