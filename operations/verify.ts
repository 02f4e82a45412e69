import { DeleteObjectCommand, S3ServiceException } from "@aws-sdk/client-s3";
import { LONGEST_PROCESSING_SECONDS } from "../contract/deployment";
import { PREVIEW_PREFIX } from "../contract/names";
import type { ImageRecord } from "../lambda-src/records/image-record";
import { headObject } from "./head-object";
import { ImageCatalogue } from "./image-catalogue";
import { isFinished } from "./image-progress";
import { listObjects } from "./listed-objects";
import type { Pipeline } from "./pipeline-clients";
import { type Refusal, reprocessImage } from "./reprocess";

/** Previews looked at together. */
const AT_ONCE = 16;
/** The times of previews are S3's, and this machine's clock may be ahead of it. */
const CLOCK_TOLERANCE_SECONDS = 3600;

export type Problem =
  /** Of a completed image: a preview is not there, or has another type or size than the record says. */
  | { readonly kind: "preview_missing" | "preview_differs"; readonly imageId: string; readonly key: string }
  /** `pending`, `processing` or retryable, and nothing works on it any more. */
  | { readonly kind: "unfinished"; readonly imageId: string }
  /** A preview that no record names. */
  | { readonly kind: "unreferenced"; readonly key: string };

/** Records of completed images whose previews are not as the record says, and images that nobody finishes. */
export async function* verifyRecords(
  filter: { readonly userId?: string; readonly since?: number; readonly unfinishedBefore: number },
  pipeline: Pipeline,
  signal: AbortSignal,
): AsyncGenerator<Problem | "sound", void, void> {
  const catalogue = new ImageCatalogue(pipeline);
  let batch: ImageRecord[] = [];
  for await (const record of catalogue.all({ userId: filter.userId, since: filter.since }, signal)) {
    if (record.processingStatus !== "completed") {
      const isStuck = record.timestamp < filter.unfinishedBefore && !isFinished(record, pipeline.clock.now());
      yield isStuck ? { kind: "unfinished", imageId: record.imageId } : "sound";
      continue;
    }
    batch.push(record);
    if (batch.length < AT_ONCE) continue;
    yield* await checkAll(batch, pipeline);
    batch = [];
  }
  yield* await checkAll(batch, pipeline);
}

const checkAll = async (records: readonly ImageRecord[], pipeline: Pipeline): Promise<readonly (Problem | "sound")[]> =>
  (await Promise.all(records.map((record) => checkPreviews(record, pipeline)))).flat();

async function checkPreviews(record: ImageRecord, pipeline: Pipeline): Promise<readonly (Problem | "sound")[]> {
  const { imageId, previews = {}, previewDetails = {} } = record;
  const checks = Object.entries(previews).map(async ([name, key]): Promise<Problem | undefined> => {
    const object = await headObject({ Bucket: pipeline.processedBucket, Key: key }, pipeline);
    if (!object) return { kind: "preview_missing", imageId, key };
    const { ContentLength: bytes, ContentType: contentType } = object;
    const expected = previewDetails[name];
    if (!expected || (bytes === expected.bytes && contentType === expected.contentType)) return undefined;
    return { kind: "preview_differs", imageId, key };
  });
  const problems = (await Promise.all(checks)).filter((problem) => problem !== undefined);
  return problems.length > 0 ? problems : ["sound"];
}

export type ImageRepair = "reprocessed" | "sound" | "unknown" | "original_gone" | Refusal;

/**
 * Has an image processed again that is not finished, or whose previews are still not as its record says. A completed image
 * stays as it is when its original is gone: the previews that are left are all that there is of it.
 */
export async function repairImage(imageId: string, pipeline: Pipeline): Promise<ImageRepair> {
  const record = await new ImageCatalogue(pipeline).find(imageId);
  if (!record) return "unknown";
  if (record.processingStatus === "completed") {
    if ((await checkPreviews(record, pipeline)).every((finding) => finding === "sound")) return "sound";
    if (!(await hasOriginal(record, pipeline))) return "original_gone";
  }
  const result = await reprocessImage(record, { force: true }, pipeline);
  return result.kind === "invoked" ? "reprocessed" : result.reason;
}

async function hasOriginal({ originalKey, versionId, eTag }: ImageRecord, pipeline: Pipeline): Promise<boolean> {
  const { sourceBucket: Bucket } = pipeline;
  const object = await headObject({ Bucket, Key: originalKey, VersionId: versionId }, pipeline);
  return object !== undefined && (versionId !== undefined || object.ETag?.replaceAll('"', "") === eTag);
}

/**
 * Previews that no record names. Every attempt claims its record before it writes, and this reads the record after the listing, so
 * nothing uses such a preview unless the image is processed again: `deleteUnreferenced` looks for that.
 */
export async function* findUnreferencedPreviews(
  pipeline: Pipeline,
  signal: AbortSignal,
): AsyncGenerator<Problem | "sound", void, void> {
  const catalogue = new ImageCatalogue(pipeline);
  // The keys of an image come together.
  let record: { readonly imageId: string; readonly found: ImageRecord | undefined } | undefined;
  for await (const page of listObjects(pipeline.processedBucket, { prefix: PREVIEW_PREFIX, signal }, pipeline))
    for (const { key } of page) {
      signal.throwIfAborted();
      const imageId = imageIdOfPreview(key);
      if (record?.imageId !== imageId) record = { imageId, found: await catalogue.find(imageId, signal) };
      yield isReferenced(key, record.found) ? "sound" : { kind: "unreferenced", key };
    }
}

/** The image that a preview's key names. */
export const imageIdOfPreview = (key: string): string => key.slice(PREVIEW_PREFIX.length).split("/", 1)[0] ?? "";

/** Whether a record names a preview, or an attempt is at work or will follow, which may have written it. */
function isReferenced(key: string, record: ImageRecord | undefined): boolean {
  if (!record) return false;
  if (record.processingStatus === "pending" || record.processingStatus === "processing") return true;
  return Object.values(record.previews ?? {}).includes(key);
}

/** `referenced` and `too_young`: it may be in use, and was left alone. */
export type PreviewDeletion = "deleted" | "absent" | "referenced" | "too_young";

/**
 * Deletes a preview that no record names, unless an attempt whose claim nobody has seen may have written it. The record is read
 * again right before the deletion: the image may have been processed since it was listed.
 */
export async function deleteUnreferenced(key: string, pipeline: Pipeline): Promise<PreviewDeletion> {
  const { s3, processedBucket: Bucket, clock } = pipeline;
  const object = await headObject({ Bucket, Key: key }, pipeline);
  if (!object) return "absent";
  const ageMs = clock.now() - (object.LastModified?.getTime() ?? Number.POSITIVE_INFINITY);
  if (!(ageMs > youngestSeconds(pipeline) * 1000)) return "too_young";
  if (isReferenced(key, await new ImageCatalogue(pipeline).find(imageIdOfPreview(key)))) return "referenced";
  try {
    await s3.send(new DeleteObjectCommand({ Bucket, Key: key, IfMatch: object.ETag }));
    return "deleted";
  } catch (error) {
    // Written anew since.
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412) return "too_young";
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return "absent";
    throw error;
  }
}

/** Events may reach the processor directly in queue mode too. */
const youngestSeconds = ({ uploadQueueUrl }: Pipeline): number =>
  Math.max(LONGEST_PROCESSING_SECONDS.lambda, uploadQueueUrl === undefined ? 0 : LONGEST_PROCESSING_SECONDS.queue) +
  CLOCK_TOLERANCE_SECONDS;
