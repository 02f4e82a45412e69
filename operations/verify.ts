import { DeleteObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { PREVIEW_PREFIX } from "../contract/names";
import type { ImageRecord } from "../lambda-src/records/image-record";
import { headObject } from "./head-object";
import { ImageCatalogue } from "./image-catalogue";
import { isFinished } from "./image-progress";
import type { Pipeline } from "./pipeline-clients";

/** Previews looked at together. */
const AT_ONCE = 16;

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
      const isStuck = record.timestamp < filter.unfinishedBefore && !isFinished(record, Date.now());
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

/**
 * Previews that no record names. Every attempt claims its record before it writes, and the record is read after the listing: what
 * is found so is left over, unless the image is at work again, which leaves its previews alone.
 */
export async function* findUnreferencedPreviews(
  pipeline: Pipeline,
  signal: AbortSignal,
): AsyncGenerator<Problem | "sound", void, void> {
  const { s3, processedBucket: Bucket } = pipeline;
  const catalogue = new ImageCatalogue(pipeline);
  // The keys of an image come together.
  let record: { readonly imageId: string; readonly found: ImageRecord | undefined } | undefined;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: PREVIEW_PREFIX }))
    for (const { Key: key = "" } of Contents) {
      signal.throwIfAborted();
      const [imageId = ""] = key.slice(PREVIEW_PREFIX.length).split("/");
      if (record?.imageId !== imageId) record = { imageId, found: await catalogue.find(imageId, signal) };
      yield isReferenced(key, record.found) ? "sound" : { kind: "unreferenced", key };
    }
}

function isReferenced(key: string, record: ImageRecord | undefined): boolean {
  if (!record) return false;
  if (record.processingStatus === "pending" || record.processingStatus === "processing") return true;
  return Object.values(record.previews ?? {}).includes(key);
}

export async function deletePreview(Key: string, { s3, processedBucket: Bucket }: Pipeline): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
}
