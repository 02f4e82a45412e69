import { createHash } from "node:crypto";
import { join } from "node:path";
import { openS3Storage } from "../../local/aws/s3/s3-server";
import { SOURCE_BUCKET } from "../../local/local-account";

/**
 * Puts objects into the storage of a local system that is not running: they are as old as they shall be, and no event was ever
 * sent for them.
 */
export async function storeObjects(
  systemDirectory: string,
  objects: readonly { readonly key: string; readonly body: Buffer; readonly lastModifiedMs: number }[],
  bucket = SOURCE_BUCKET,
): Promise<void> {
  const { buckets } = await openS3Storage(join(systemDirectory, "s3"), [bucket]);
  const store = buckets.get(bucket);
  for (const { key, body, lastModifiedMs } of objects)
    await store?.put(
      key,
      async (file) => {
        await file.writeFile(body);
        return {
          key,
          sizeBytes: body.length,
          eTag: createHash("md5").update(body).digest("hex"),
          lastModifiedMs,
          checksum: { algorithm: "sha256", value: createHash("sha256").update(body).digest("base64") },
          contentHeaders: {},
          userMetadata: {},
        };
      },
      () => {},
    );
}
