import { GetObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { RejectedImage } from "../images/formats/rejected-image";
import type { Preview } from "../images/previews";
import { TransientFailure } from "../records/errors";
import { USER_METADATA, userMetadata } from "../records/object-key";
import type { OriginalRequest, OriginalStore, PreviewedUpload, PreviewStore } from "../records/ports";
import { readBody } from "./read-body";

/** The source bucket, read only. */
export class S3OriginalStore implements OriginalStore {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  async read({ key, versionId, eTag, maxBytes }: OriginalRequest, signal: AbortSignal): Promise<Buffer> {
    const condition = versionId ? { VersionId: versionId } : { IfMatch: eTag && `"${eTag}"` };
    const command = new GetObjectCommand({ Bucket: this.bucket, Key: key, ...condition });
    const response = await this.client.send(command, { abortSignal: signal }).catch((error: unknown) => {
      throw readFailure(error);
    });
    return readBody(response.Body, response.ContentLength, maxBytes, signal);
  }
}

/** The processed bucket, written only. */
export class S3PreviewStore implements PreviewStore {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  async write(
    key: string,
    { name, body, details }: Preview,
    { imageId, userId }: PreviewedUpload,
    signal: AbortSignal,
  ): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.bucket,
      Key: key,
      Body: body,
      ContentType: details.contentType,
      // The key names one upload's preview for ever.
      CacheControl: "public, max-age=31536000, immutable",
      Metadata: { "original-image-id": imageId, "preview-size": name, [USER_METADATA]: userMetadata(userId) },
    });
    await this.client.send(command, { abortSignal: signal }).catch((error: unknown) => {
      throw bucketFailure("written", error);
    });
  }
}

function readFailure(error: unknown): Error {
  const cause = { cause: error };
  const name = error instanceof S3ServiceException ? error.name : undefined;
  if (name === "NoSuchKey" || name === "NoSuchVersion")
    return new RejectedImage("SOURCE_NOT_FOUND", "the object is no longer in the source bucket", cause);
  if (name === "InvalidObjectState")
    return new RejectedImage(
      "ARCHIVED",
      "the object lies in an archive: restore it, then have the image processed again by force",
      cause,
    );
  if (statusOf(error) === 412)
    return new RejectedImage("SUPERSEDED", "the object was overwritten after the event was sent", cause);
  return bucketFailure("read", error);
}

function bucketFailure(done: string, cause: unknown): TransientFailure {
  const name = cause instanceof Error ? cause.name : String(cause);
  const code = statusOf(cause) === 403 ? "ACCESS_DENIED" : "S3_ERROR";
  return new TransientFailure(code, `the object could not be ${done}: ${name}`, { cause });
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
