import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from "@aws-sdk/client-s3";
import { PREVIEW_PREFIX, UPLOAD_PREFIX } from "../contract/names";
import { USER_METADATA, userMetadata } from "../lambda-src/records/object-key";
import { headObject } from "./head-object";
import { ImageCatalogue } from "./image-catalogue";
import { decodeListedKey, listObjects } from "./listed-objects";
import type { Pipeline } from "./pipeline-clients";
import { imageIdOfPreview } from "./verify";

/** Images whose previews are looked at together. */
const AT_ONCE = 16;

/** One object, or one version or delete marker of it in a bucket that has or had versions. */
export interface UserObject {
  readonly key: string;
  readonly versionId?: string;
}

/** The prefix under which all uploads of a user lie; undefined for `unknown`, whose uploads have no prefix of their own. */
export const prefixOfUser = (userId: string): string | undefined =>
  userId === "unknown" ? undefined : `${UPLOAD_PREFIX}${userId}/`;

/** Every object of the source bucket under a prefix, a page at a time: folder markers, all versions and delete markers too. */
export async function* listEverything(
  prefix: string,
  pipeline: Pipeline,
  signal: AbortSignal,
): AsyncGenerator<readonly UserObject[], void, void> {
  const { s3, sourceBucket: Bucket } = pipeline;
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }), { abortSignal: signal });
  if (Status) yield* listVersions(prefix, pipeline, signal);
  else yield* listObjects(Bucket, { prefix, signal }, pipeline);
}

async function* listVersions(
  Prefix: string,
  { s3, sourceBucket: Bucket }: Pipeline,
  signal: AbortSignal,
): AsyncGenerator<readonly UserObject[], void, void> {
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    const command = new ListObjectVersionsCommand({
      Bucket,
      Prefix,
      EncodingType: "url",
      KeyMarker: page?.NextKeyMarker === undefined ? undefined : decodeListedKey(page.NextKeyMarker),
      VersionIdMarker: page?.NextVersionIdMarker,
    });
    page = await s3.send(command, { abortSignal: signal });
    yield [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key = "", VersionId }) => ({
      key: decodeListedKey(Key),
      versionId: VersionId,
    }));
  } while (page.IsTruncated);
}

export async function deleteObject({ key, versionId }: UserObject, pipeline: Pipeline): Promise<void> {
  const { s3, sourceBucket: Bucket } = pipeline;
  await s3.send(new DeleteObjectCommand({ Bucket, Key: key, VersionId: versionId }));
}

/** Previews of an image that has no record any more. */
export interface OrphanedPreviews {
  readonly imageId: string;
  readonly keys: readonly string[];
  /** `nobody`: written before previews said whose they are. */
  readonly owner: "user" | "nobody";
}

/** Previews without a record that are a user's, or of whom nothing tells. Looks at every preview in the bucket. */
export async function* findOrphanedPreviews(
  userId: string,
  pipeline: Pipeline,
  signal: AbortSignal,
): AsyncGenerator<OrphanedPreviews, void, void> {
  let batch: { readonly imageId: string; readonly keys: string[] }[] = [];
  const examine = async () => {
    const found = await Promise.all(batch.map((image) => examinePreviews(image, userId, pipeline)));
    batch = [];
    return found.filter((previews) => previews !== undefined);
  };
  for await (const page of listObjects(pipeline.processedBucket, { prefix: PREVIEW_PREFIX, signal }, pipeline))
    for (const { key } of page) {
      const imageId = imageIdOfPreview(key);
      const last = batch.at(-1);
      if (last?.imageId === imageId) {
        last.keys.push(key);
        continue;
      }
      if (batch.length === AT_ONCE) yield* await examine();
      batch.push({ imageId, keys: [key] });
    }
  yield* await examine();
}

async function examinePreviews(
  { imageId, keys }: { readonly imageId: string; readonly keys: readonly string[] },
  userId: string,
  pipeline: Pipeline,
): Promise<OrphanedPreviews | undefined> {
  const [key = ""] = keys;
  const object = await headObject({ Bucket: pipeline.processedBucket, Key: key }, pipeline);
  if (!object) return undefined;
  const user = object.Metadata?.[USER_METADATA];
  if (user !== undefined && user !== userMetadata(userId)) return undefined;
  // Last: an attempt claims its record before it writes.
  if (await new ImageCatalogue(pipeline).find(imageId)) return undefined;
  return { imageId, keys, owner: user === undefined ? "nobody" : "user" };
}

/** Deletes previews of an image, unless it has a record again: then they are that record's. How many it deleted. */
export async function deleteOrphanedPreviews({ imageId, keys }: OrphanedPreviews, pipeline: Pipeline): Promise<number> {
  const { s3, processedBucket: Bucket } = pipeline;
  if (await new ImageCatalogue(pipeline).find(imageId)) return 0;
  for (const Key of keys) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  return keys.length;
}
