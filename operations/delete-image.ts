import { ConditionalCheckFailedException, DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, paginateListObjectsV2, S3ServiceException } from "@aws-sdk/client-s3";
import { marshall } from "@aws-sdk/util-dynamodb";
import { PREVIEW_PREFIX } from "../contract/names";
import { DynamoDbRecordStore } from "../lambda-src/aws/dynamodb-record-store";
import type { ImageRecord } from "../lambda-src/records/image-record";
import { retire } from "../lambda-src/records/record-updates";
import { headObject } from "./head-object";
import { ImageCatalogue } from "./image-catalogue";
import { isLeaseLive } from "./image-progress";
import type { Pipeline } from "./pipeline-clients";

export type DeleteResult =
  | {
      readonly kind: "deleted";
      /** `kept`: a newer upload has taken its place under the same key, and belongs to a record of its own. */
      readonly original: "deleted" | "absent" | "kept";
      readonly previews: number;
    }
  | { readonly kind: "refused"; readonly reason: "in_progress" | "changed" };

/**
 * Deletes an image: original, previews, then record. Whatever interrupts it, calling it again finishes.
 *
 * First the record becomes `failed`, in a way that no delivery changes: from then on nobody claims the image, and an attempt that
 * was taken for dead cannot commit. While a lease is live nothing is touched, because its owner may still write previews. What
 * stays possible: an event that is still in a queue when the record is gone makes a new record, `SOURCE_NOT_FOUND`, without
 * any image; deleting that one too is the end.
 * @param record as read just now
 */
export async function deleteImage(record: ImageRecord, pipeline: Pipeline): Promise<DeleteResult> {
  const nowMs = Date.now();
  if (isLeaseLive(record, nowMs)) return { kind: "refused", reason: "in_progress" };
  const records = new DynamoDbRecordStore(pipeline.dynamodb, pipeline.metadataTable);
  const retired = await records.update(retire(record, Math.floor(nowMs / 1000)), new AbortController().signal);
  if ("refused" in retired) return { kind: "refused", reason: "changed" };

  const original = await deleteOriginal(record, pipeline);
  const previews = await deletePreviews(record, pipeline);
  if (!(await deleteRecord(retired, pipeline))) return { kind: "refused", reason: "changed" };
  return { kind: "deleted", original, previews };
}

async function deleteOriginal(record: ImageRecord, pipeline: Pipeline): Promise<"deleted" | "absent" | "kept"> {
  const { s3, sourceBucket: Bucket } = pipeline;
  const { originalKey: Key, versionId, eTag } = record;
  if (versionId) {
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: versionId }));
    return "deleted";
  }
  const current = await headObject({ Bucket, Key }, pipeline);
  if (!current) return "absent";
  const currentETag = (current.ETag ?? "").replaceAll('"', "");
  if (eTag !== undefined && currentETag !== eTag) return "kept";
  if (await hasNewerUpload(record, pipeline)) return "kept";
  try {
    await s3.send(
      new DeleteObjectCommand({
        Bucket,
        Key,
        // A bucket that became versioned later: without the version, only a marker would hide the object.
        ...(current.VersionId ? { VersionId: current.VersionId } : { IfMatch: `"${currentETag}"` }),
      }),
    );
    return "deleted";
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412) return "kept";
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return "absent";
    throw error;
  }
}

/** The same bytes uploaded again have the same ETag: then only the newer record tells whose the object is now. */
async function hasNewerUpload(record: ImageRecord, pipeline: Pipeline): Promise<boolean> {
  const { userId, timestamp, imageId, originalKey } = record;
  for await (const other of new ImageCatalogue(pipeline).all({ userId, since: timestamp }))
    if (other.originalKey === originalKey && other.imageId !== imageId && !isOlder(other, record)) return true;
  return false;
}

const isOlder = (other: ImageRecord, record: ImageRecord): boolean =>
  other.timestamp === record.timestamp && (other.sequencer ?? "") < (record.sequencer ?? "");

/** Those that the record names and those of attempts that never committed. */
async function deletePreviews({ imageId }: ImageRecord, { s3, processedBucket: Bucket }: Pipeline): Promise<number> {
  let count = 0;
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket, Prefix: `${PREVIEW_PREFIX}${imageId}/` },
  ))
    for (const { Key } of Contents) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      count += 1;
    }
  return count;
}

async function deleteRecord(retired: ImageRecord, { dynamodb, metadataTable }: Pipeline): Promise<boolean> {
  const { imageId, timestamp, errorCode = "" } = retired;
  try {
    await dynamodb.send(
      new DeleteItemCommand({
        TableName: metadataTable,
        Key: marshall({ imageId, timestamp }),
        // Another operator may have reopened it.
        ConditionExpression: "attribute_not_exists(imageId) OR errorCode = :retired",
        ExpressionAttributeValues: { ":retired": { S: errorCode } },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
