import * as v from "valibot";
import { RejectedImage } from "../images/formats/rejected-image";
import { MalformedEvent } from "./errors";
import { imageIdOf } from "./image-identity";
import { decodeObjectKey, reasonToIgnore, userIdOf } from "./object-key";

/** One object that S3 says was created, with the identity of its record. */
export interface Upload {
  readonly imageId: string;
  /** Time of the event in epoch seconds; with `imageId` the record's key. */
  readonly timestamp: number;
  readonly userId: string;
  readonly bucket: string;
  /** Decoded, or the raw text when it cannot be decoded. */
  readonly key: string;
  /** Why the key cannot be decoded, when it cannot. */
  readonly invalidKey?: RejectedImage;
  readonly sizeBytes?: number;
  /** Without quotes. */
  readonly eTag?: string;
  readonly versionId?: string;
  readonly sequencer?: string;
}

export type EventRecord =
  | { readonly kind: "upload"; readonly upload: Upload }
  | { readonly kind: "ignored"; readonly reason: string; readonly key?: string }
  | { readonly kind: "malformed"; readonly error: MalformedEvent };

/** S3 says `null`, as text, for objects written while versioning was off or suspended, and reuses it. */
const versionId = v.pipe(
  v.optional(v.string()),
  v.transform((id) => (id === "" || id === "null" ? undefined : id)),
);

const recordSchema = v.object({
  eventVersion: v.pipe(v.string(), v.regex(/^2\.\d+$/, "must be 2.x")),
  eventName: v.string(),
  eventTime: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.check((time) => !Number.isNaN(Date.parse(time)), "must be a date"),
  ),
  s3: v.object({
    bucket: v.object({ name: v.pipe(v.string(), v.nonEmpty()) }),
    object: v.object({
      key: v.pipe(v.string(), v.nonEmpty()),
      size: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
      eTag: v.optional(v.string()),
      versionId,
      sequencer: v.optional(v.string()),
    }),
  }),
});

const eventSchema = v.union([
  v.object({ Records: v.array(v.unknown()) }),
  v.object({ Event: v.literal("s3:TestEvent") }),
]);

/**
 * Reads an S3 event notification. A fault in one record leaves the others alone; what is no such event at all is one
 * malformed record.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function parseUploadEvent(event: unknown, sourceBucket: string): readonly EventRecord[] {
  const parsed = v.safeParse(eventSchema, event);
  if (!parsed.success) return [malformed("the event must be an S3 event notification with Records")];
  if ("Event" in parsed.output) return [{ kind: "ignored", reason: "s3:TestEvent" }];
  return parsed.output.Records.map((record) => parseRecord(record, sourceBucket));
}

function parseRecord(record: unknown, sourceBucket: string): EventRecord {
  const parsed = v.safeParse(recordSchema, record);
  if (!parsed.success) return malformed(describe(parsed.issues[0]));
  const { eventName, eventTime, s3 } = parsed.output;
  const { bucket, object } = s3;
  const ignored = (reason: string): EventRecord => ({ kind: "ignored", reason, key: object.key });

  if (!/^(s3:)?ObjectCreated:/.test(eventName)) return ignored(`event ${eventName}`);
  if (bucket.name !== sourceBucket) return ignored(`bucket ${bucket.name}`);
  const { key, invalidKey } = decodeKey(object.key);
  const reason = reasonToIgnore(key);
  if (reason) return ignored(reason);

  const version = object.versionId ?? (object.sequencer || undefined);
  if (version === undefined) return malformed("s3.object must have a versionId or a sequencer, got neither");
  return {
    kind: "upload",
    upload: {
      imageId: imageIdOf({ bucket: bucket.name, key, version }),
      timestamp: Math.floor(Date.parse(eventTime) / 1000),
      userId: userIdOf(key),
      bucket: bucket.name,
      key,
      ...(invalidKey && { invalidKey }),
      sizeBytes: object.size,
      eTag: object.eTag?.replaceAll('"', "") || undefined,
      versionId: object.versionId,
      sequencer: object.sequencer || undefined,
    },
  };
}

function decodeKey(encoded: string): { key: string; invalidKey?: RejectedImage } {
  try {
    return { key: decodeObjectKey(encoded) };
  } catch (error) {
    if (error instanceof RejectedImage) return { key: encoded, invalidKey: error };
    throw error;
  }
}

const malformed = (detail: string): EventRecord => ({ kind: "malformed", error: new MalformedEvent(detail) });

function describe(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map((item) => String(item.key)).join(".") || "record";
  return `${path} ${issue.message}`;
}
