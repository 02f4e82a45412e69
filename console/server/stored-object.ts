import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, type GetObjectCommandInput, S3ServiceException } from "@aws-sdk/client-s3";
import { sniffImageFormat } from "../../lambda-src/images/formats/image-format";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { Pipeline } from "../../operations/pipeline-clients";
import { sendJson } from "./exchange";
import type { OriginalState } from "./wire";

/** What browsers show. Anything else in a bucket, such as SVG and HTML, is not handed to them. */
const SHOWN_TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"];
/** Where originals and previews lie. */
export type Buckets = Pick<Pipeline, "s3" | "sourceBucket" | "processedBucket">;

const FIRST_BYTES = "bytes=0-511";

/** Sends a preview, as the type that the pipeline gave it. */
export async function sendPreview(buckets: Buckets, key: string, response: ServerResponse): Promise<void> {
  const object = await buckets.s3.send(new GetObjectCommand({ Bucket: buckets.processedBucket, Key: key }));
  await sendImage(object.Body, object.ContentType, object.ContentLength, response);
}

/** Sends an original, as the type that its first bytes announce: what the uploader said proves nothing. */
export async function sendOriginal(buckets: Buckets, record: ImageRecord, response: ServerResponse): Promise<void> {
  const { contentType } = await describeOriginal(buckets, record);
  if (!contentType) return sendJson(response, 404, { error: "there is no such image any more" });
  const object = await buckets.s3.send(new GetObjectCommand(originalOf(buckets, record)));
  await sendImage(object.Body, contentType, object.ContentLength, response);
}

/** Whether the original is still there, and what it is; without a type it is nothing that a browser shows. */
export async function describeOriginal(buckets: Buckets, record: ImageRecord): Promise<OriginalState> {
  try {
    const { Body } = await buckets.s3.send(
      new GetObjectCommand({ ...originalOf(buckets, record), Range: FIRST_BYTES }),
    );
    const format = Body instanceof Readable ? sniffImageFormat(await buffer(Body)) : undefined;
    const contentType = `image/${format}`;
    return { present: true, ...(SHOWN_TYPES.includes(contentType) && { contentType }) };
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    // 416: an empty object has no first bytes. 404, 412: deleted, or overwritten.
    return { present: error.$metadata.httpStatusCode === 416 };
  }
}

/** Exactly what was uploaded then, not what lies under the key by now. */
const originalOf = ({ sourceBucket }: Buckets, record: ImageRecord): GetObjectCommandInput => ({
  Bucket: sourceBucket,
  Key: record.originalKey,
  ...(record.versionId ? { VersionId: record.versionId } : record.eTag && { IfMatch: `"${record.eTag}"` }),
});

async function sendImage(
  body: unknown,
  contentType: string | undefined,
  bytes: number | undefined,
  response: ServerResponse,
): Promise<void> {
  if (!SHOWN_TYPES.includes(contentType ?? "") || !(body instanceof Readable))
    return sendJson(response, 502, { error: "the object is no image" });
  response.writeHead(200, {
    "Content-Type": contentType,
    "Content-Length": bytes,
    "Cache-Control": "private, max-age=3600",
    "Content-Security-Policy": "default-src 'none'; sandbox",
  });
  await pipeline(body, response);
}
