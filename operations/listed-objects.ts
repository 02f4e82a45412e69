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

/** The uploads of the source bucket in the order of their keys' UTF-8 bytes, a page of at most 1,000 at a time. */
export async function* listUploads(
  { prefix, startAfter, signal }: Listing,
  { s3, sourceBucket }: Pipeline,
): AsyncGenerator<readonly ListedObject[], void, void> {
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: sourceBucket,
        Prefix: prefix,
        // Keys may hold characters that XML cannot.
        EncodingType: "url",
        ...(token === undefined ? { StartAfter: startAfter } : { ContinuationToken: token }),
      }),
      { abortSignal: signal },
    );
    yield (page.Contents ?? []).flatMap(({ Key = "", Size = 0, ETag = "", LastModified, StorageClass }) => {
      const key = decodeURIComponent(Key.replaceAll("+", " "));
      if (!LastModified || reasonToIgnore(key)) return [];
      return [
        {
          key,
          sizeBytes: Size,
          eTag: ETag.replaceAll('"', ""),
          lastModified: LastModified,
          storageClass: StorageClass,
        },
      ];
    });
    token = page.NextContinuationToken;
  } while (token !== undefined);
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
