import { randomBytes } from "node:crypto";
import type { ObjectMetadata } from "./object-file";

/**
 * One record of an event notification, as S3 sends it for a PUT.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export interface S3EventRecord {
  readonly eventVersion: "2.1";
  readonly eventSource: "aws:s3";
  readonly awsRegion: string;
  /** ISO 8601 in UTC, with milliseconds. */
  readonly eventTime: string;
  readonly eventName: "ObjectCreated:Put";
  readonly userIdentity: { readonly principalId: string };
  readonly requestParameters: { readonly sourceIPAddress: string };
  readonly responseElements: { readonly "x-amz-request-id": string; readonly "x-amz-id-2": string };
  readonly s3: {
    readonly s3SchemaVersion: "1.0";
    readonly configurationId: string;
    readonly bucket: {
      readonly name: string;
      readonly ownerIdentity: { readonly principalId: string };
      readonly arn: string;
    };
    readonly object: {
      /** See `encodeObjectKey`. */
      readonly key: string;
      readonly size: number;
      /** Without quotes. */
      readonly eTag: string;
      /** Greater, as text, than that of every earlier event. */
      readonly sequencer: string;
    };
  };
}

export interface S3Event {
  readonly Records: readonly S3EventRecord[];
}

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
  readonly sequencer: string;
}

/** The event of a PUT that has just been stored. */
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
