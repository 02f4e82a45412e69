import { BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { marshall } from "@aws-sdk/util-dynamodb";
import { plain } from "../../checks/images/pictures";
import { imageIdOf } from "../../lambda-src/records/image-identity";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { LocalSystem } from "../../local/local-system";

const BATCH = 25;
const AT_ONCE = 4;
const NEWEST_SECONDS = 1_790_000_000;

/** Records of images that were completed one a second; all share the placeholder of `sample` and its previews, which are written too. */
export async function writeRecords(system: LocalSystem, count: number, sample: ImageRecord): Promise<void> {
  const { region, credentials, dynamodbEndpoint: endpoint, metadataTable } = system;
  const client = new DynamoDBClient({ region, credentials, endpoint });
  const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, batch) => batch);
  const write = async (batch: number): Promise<void> => {
    const records = Array.from({ length: Math.min(BATCH, count - batch * BATCH) }, (_, index) =>
      recordOf(batch * BATCH + index, sample),
    );
    const RequestItems = { [metadataTable]: records.map((record) => ({ PutRequest: { Item: marshall(record) } })) };
    await client.send(new BatchWriteItemCommand({ RequestItems }));
  };
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) await write(batch);
    }),
  );
  client.destroy();
  await writePreviews(system, sample);
}

async function writePreviews(system: LocalSystem, { previews = {} }: ImageRecord): Promise<void> {
  const { region, credentials, s3Endpoint: endpoint, processedBucket } = system;
  const client = new S3Client({ region, credentials, endpoint, forcePathStyle: true });
  const Body = await plain(300, 225).jpeg().toBuffer();
  for (const Key of Object.values(previews))
    await client.send(new PutObjectCommand({ Bucket: processedBucket, Key, Body, ContentType: "image/jpeg" }));
  client.destroy();
}

function recordOf(number: number, sample: ImageRecord): ImageRecord {
  const key = `uploads/user-${number % 20}/photo-${String(number).padStart(5, "0")}.jpg`;
  return {
    ...sample,
    imageId: imageIdOf({ bucket: "photos", key, version: String(number) }),
    timestamp: NEWEST_SECONDS - number,
    userId: `user-${number % 20}`,
    originalKey: key,
  };
}
