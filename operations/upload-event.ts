import type { ImageRecord } from "../lambda-src/records/image-record";
import { encodeObjectKey } from "../lambda-src/records/object-key";
import { parseUploadEvent } from "../lambda-src/records/upload-event";

/** One object as an event tells of it; identity is bucket, key and version id or sequencer, and the second of the time. */
export interface UploadedObject {
  readonly bucket: string;
  readonly region: string;
  /** As the event shall carry it: encoded. */
  readonly encodedKey: string;
  readonly sizeBytes?: number;
  /** Without quotes. */
  readonly eTag?: string;
  readonly versionId?: string;
  readonly sequencer?: string;
  readonly time: Date;
}

/**
 * The part of S3's event notification that the pipeline reads.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function uploadEvent(object: UploadedObject) {
  const { bucket, region, encodedKey, sizeBytes, eTag, versionId, sequencer, time } = object;
  return {
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: region,
        eventTime: time.toISOString(),
        eventName: "ObjectCreated:Put",
        s3: {
          s3SchemaVersion: "1.0",
          bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
          object: { key: encodedKey, size: sizeBytes, eTag, versionId, sequencer },
        },
      },
    ],
  } as const;
}

/**
 * The event of a record's upload, so that processing addresses the same record. Undefined when the record does not say enough:
 * one that another system wrote under an id of its own.
 */
export function eventOfRecord(
  record: ImageRecord,
  { sourceBucket, region }: { readonly sourceBucket: string; readonly region: string },
) {
  const { originalKey, originalSize, eTag, versionId, sequencer, timestamp, errorCode } = record;
  const event = uploadEvent({
    bucket: sourceBucket,
    region,
    // A key that is no UTF-8 is recorded as the event had it.
    encodedKey: errorCode === "INVALID_KEY" ? originalKey : encodeObjectKey(originalKey),
    sizeBytes: originalSize,
    eTag,
    versionId,
    sequencer,
    time: new Date(timestamp * 1000),
  });
  const [parsed] = parseUploadEvent(event, sourceBucket);
  return parsed?.kind === "upload" && parsed.upload.imageId === record.imageId ? event : undefined;
}
