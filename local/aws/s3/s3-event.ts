import { randomBytes } from "node:crypto";
import type { S3Event } from "aws-lambda";
import type { ObjectMetadata } from "./object-file";

/** Like a form: letters, digits and `- . _ * /` stay, a space becomes `+`, the rest is percent-encoded UTF-8. */
export const encodeObjectKey = (key: string): string =>
  encodeURIComponent(key)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+")
    .replaceAll("%2F", "/");

/** What an event tells beyond the object itself. */
export interface EventContext {
  readonly bucket: string;
  readonly region: string;
  readonly sourceIpAddress: string;
  readonly requestId: string;
  /** Greater, as text, than that of every earlier event. */
  readonly sequencer: string;
}

/**
 * The event of a PUT that has just been stored. The key is encoded: see `encodeObjectKey`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function objectCreatedEvent(object: ObjectMetadata, context: EventContext): S3Event {
  const { bucket, region, sourceIpAddress, requestId, sequencer } = context;
  return {
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: region,
        eventTime: new Date(object.lastModifiedMs).toISOString(),
        eventName: "ObjectCreated:Put",
        userIdentity: { principalId: "AWS:LOCAL" },
        requestParameters: { sourceIPAddress: sourceIpAddress },
        responseElements: { "x-amz-request-id": requestId, "x-amz-id-2": randomBytes(48).toString("base64") },
        s3: {
          s3SchemaVersion: "1.0",
          configurationId: "object-created",
          bucket: { name: bucket, ownerIdentity: { principalId: "LOCAL" }, arn: `arn:aws:s3:::${bucket}` },
          object: { key: encodeObjectKey(object.key), size: object.sizeBytes, eTag: object.eTag, sequencer },
        },
      },
    ],
  };
}
