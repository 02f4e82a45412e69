import { type DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { PREVIEW_PREFIX } from "../../contract/names";
import type { ImageRecord } from "../../lambda-src/records/image-record";

/** Every record, as the table has it now. */
export async function readRecords(client: DynamoDBClient, tableName: string): Promise<readonly ImageRecord[]> {
  const records: ImageRecord[] = [];
  for await (const page of paginateScan({ client }, { TableName: tableName, ConsistentRead: true }))
    records.push(...(page.Items ?? []).map((item) => unmarshall(item) as ImageRecord));
  return records;
}

/** Keys of every preview. */
export async function listPreviews(client: S3Client, bucket: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: PREVIEW_PREFIX }))
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
  return keys;
}
