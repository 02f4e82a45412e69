import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { reasonToIgnore } from "../lambda-src/records/object-key";
import type { Pipeline } from "./pipeline-clients";

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly eTag: string;
  readonly lastModified: Date;
  readonly storageClass?: string;
}

export interface Listing {
  readonly prefix: string;
  /** Only keys behind this one. */
  readonly startAfter?: string;
  readonly signal?: AbortSignal;
}

/** The objects of a bucket in the order of their keys' UTF-8 bytes, a page of at most 1,000 at a time. */
export async function* listObjects(
  bucket: string,
  { prefix, startAfter, signal }: Listing,
  { s3 }: Pick<Pipeline, "s3">,
): AsyncGenerator<readonly ListedObject[], void, void> {
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        // Keys may hold characters that XML cannot.
        EncodingType: "url",
        ...(token === undefined ? { StartAfter: startAfter } : { ContinuationToken: token }),
      }),
      { abortSignal: signal },
    );
    yield (page.Contents ?? []).flatMap(({ Key = "", Size = 0, ETag = "", LastModified, StorageClass }) =>
      LastModified
        ? [
            {
              key: decodeListedKey(Key),
              sizeBytes: Size,
              eTag: ETag.replaceAll('"', ""),
              lastModified: LastModified,
              storageClass: StorageClass,
            },
          ]
        : [],
    );
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

/** A key of a listing with `EncodingType: "url"`. */
export const decodeListedKey = (encoded: string): string => decodeURIComponent(encoded.replaceAll("+", " "));

/** The uploads of the source bucket: folder markers are left out. */
export async function* listUploads(
  listing: Listing,
  pipeline: Pipeline,
): AsyncGenerator<readonly ListedObject[], void, void> {
  for await (const page of listObjects(pipeline.sourceBucket, listing, pipeline))
    yield page.filter(({ key }) => !reasonToIgnore(key));
}

/** How many uploads there are: 1,000 for each request. */
export async function countUploads(
  listing: Listing,
  pipeline: Pipeline,
  onCount: (count: number) => void,
): Promise<number> {
  let count = 0;
  for await (const page of listUploads(listing, pipeline)) {
    count += page.length;
    onCount(count);
  }
  return count;
}
