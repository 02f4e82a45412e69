import { ConditionalCheckFailedException, DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, type HeadObjectCommandOutput, S3ServiceException } from "@aws-sdk/client-s3";
import { marshall } from "@aws-sdk/util-dynamodb";
import { PREVIEW_PREFIX } from "../contract/names";
import { DynamoDbRecordStore } from "../lambda-src/aws/dynamodb-record-store";
import type { ImageRecord } from "../lambda-src/records/image-record";
import { retire } from "../lambda-src/records/record-updates";
import { headObject } from "./head-object";
import { ImageCatalogue } from "./image-catalogue";
import { isLeaseLive } from "./image-progress";
import { listObjects } from "./listed-objects";
import type { Pipeline } from "./pipeline-clients";

export type DeleteResult =
  | {
      readonly kind: "deleted";
      /** `kept`: a newer upload has taken its place under the same key, and belongs to a record of its own. */
      readonly original: "deleted" | "absent" | "kept";
      readonly previews: number;
    }
  /** `original_uncertain`: the object under the key may belong to a newer upload, and nothing tells. Nothing was done. */
  | { readonly kind: "refused"; readonly reason: "in_progress" | "changed" | "original_uncertain" };

export interface DeleteOptions {
  /** Deletes whatever lies under the key of an image without a version id. */
  readonly force?: boolean;
}

/**
 * Deletes an image: original, previews, then record. Whatever interrupts it, calling it again finishes.
 *
 * First the record becomes `failed`, in a way that no delivery changes: from then on nobody claims the image, and an attempt that
 * was taken for dead cannot commit. While a lease is live nothing is touched, because its owner may still write previews. What
 * stays possible: an event that is still in a queue when the record is gone makes a new record, `SOURCE_NOT_FOUND`, without
 * any image; deleting that one too is the end.
 * @param record as read just now
 */
export async function deleteImage(
  record: ImageRecord,
  pipeline: Pipeline,
  { force = false }: DeleteOptions = {},
): Promise<DeleteResult> {
  const nowMs = pipeline.clock.now();
  if (isLeaseLive(record, nowMs)) return { kind: "refused", reason: "in_progress" };
  if (!force && (await isUncertain(record, pipeline))) return { kind: "refused", reason: "original_uncertain" };
  const records = new DynamoDbRecordStore(pipeline.dynamodb, pipeline.metadataTable);
  const retired = await records.update(retire(record, Math.floor(nowMs / 1000)), new AbortController().signal);
  if ("refused" in retired) return { kind: "refused", reason: "changed" };

  const original = await deleteOriginal(record, force, pipeline);
  const previews = await deletePreviews(record, pipeline);
  if (!(await deleteRecord(retired, pipeline))) return { kind: "refused", reason: "changed" };
  return { kind: "deleted", original, previews };
}

async function isUncertain(record: ImageRecord, pipeline: Pipeline): Promise<boolean> {
  if (record.versionId) return false;
  const current = await headObject({ Bucket: pipeline.sourceBucket, Key: record.originalKey }, pipeline);
  return current !== undefined && uploadOf(current, record) === "uncertain";
}

async function deleteOriginal(
  record: ImageRecord,
  force: boolean,
  pipeline: Pipeline,
): Promise<"deleted" | "absent" | "kept"> {
  const { s3, sourceBucket: Bucket } = pipeline;
  const { originalKey: Key, versionId } = record;
  if (versionId) {
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: versionId }));
    return "deleted";
  }
  const current = await headObject({ Bucket, Key }, pipeline);
  if (!current) return "absent";
  if (!force && (uploadOf(current, record) !== "own" || (await hasNewerUpload(record, pipeline)))) return "kept";
  try {
    await s3.send(new DeleteObjectCommand({ Bucket, Key, ...sameObject(current, force) }));
    return "deleted";
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412) return "kept";
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return "absent";
    throw error;
  }
}

/** What makes S3 refuse when the object was replaced since. */
function sameObject({ VersionId, ETag }: HeadObjectCommandOutput, force: boolean) {
  // A bucket that became versioned later: without the version, only a marker would hide the object.
  if (VersionId) return { VersionId };
  return force ? {} : { IfMatch: ETag };
}

/**
 * Whose upload the object under the key of a record is. Only S3's own clock is asked: an object of a later second than the event is of
 * a later upload. The ETag of a multipart upload does not identify bytes, and S3 dates such an object by the beginning of its upload.
 */
function uploadOf(
  { ETag = "", LastModified }: HeadObjectCommandOutput,
  { eTag, timestamp }: ImageRecord,
): "own" | "newer" | "uncertain" {
  if (eTag !== undefined && ETag.replaceAll('"', "") !== eTag) return "newer";
  if (!LastModified || Math.floor(LastModified.getTime() / 1000) > timestamp) return "newer";
  return eTag === undefined || eTag.includes("-") ? "uncertain" : "own";
}

/** The same bytes uploaded again in the same second: then only the newer record tells whose the object is now. */
async function hasNewerUpload(record: ImageRecord, pipeline: Pipeline): Promise<boolean> {
  const { userId, timestamp, imageId, originalKey } = record;
  for await (const other of new ImageCatalogue(pipeline).all({ userId, since: timestamp }))
    if (other.originalKey === originalKey && other.imageId !== imageId && !isOlder(other, record)) return true;
  return false;
}

const isOlder = (other: ImageRecord, record: ImageRecord): boolean =>
  other.timestamp === record.timestamp && (other.sequencer ?? "") < (record.sequencer ?? "");

/** Those that the record names and those of attempts that never committed. */
async function deletePreviews({ imageId }: ImageRecord, pipeline: Pipeline): Promise<number> {
  const { s3, processedBucket: Bucket } = pipeline;
  let count = 0;
  for await (const page of listObjects(Bucket, { prefix: `${PREVIEW_PREFIX}${imageId}/` }, pipeline))
    for (const { key } of page) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key: key }));
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
