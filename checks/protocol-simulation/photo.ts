import { imageIdOf } from "../../lambda-src/records/image-identity";

/** What goes wrong with a photo every time, until an operator repairs it. */
export type Trouble =
  | "get refused"
  | "get fails"
  | "get cut short"
  | "put fails"
  | "commit fails"
  | "decoder hangs"
  | "decoder crashes";

/** One object that somebody put into the source bucket, and what is true about it. */
export interface Photo {
  readonly imageId: string;
  readonly key: string;
  readonly content: string;
  readonly eTag: string;
  readonly versionId?: string;
  readonly putAtMs: number;
  /** The record of S3's event. */
  readonly eventRecord: unknown;
  /** Can never be decoded. */
  readonly poison: boolean;
  /** Its key cannot be decoded. */
  readonly invalidKey: boolean;
  trouble?: Trouble;
  deleted: boolean;
}

export const SOURCE_BUCKET = "photos";
export const PREVIEW_NAMES = ["small", "thumbnail"] as const;

interface PhotoFacts {
  readonly number: number;
  readonly key: string;
  readonly content: string;
  readonly versioned: boolean;
  readonly putAtMs: number;
  readonly poison: boolean;
}

export function photoOf({ number, key, content, versioned, putAtMs, poison }: PhotoFacts): Photo {
  const versionId = versioned ? `version-${number}` : undefined;
  const sequencer = `00${number}`;
  const eTag = `etag of ${content}`;
  return {
    imageId: imageIdOf({ bucket: SOURCE_BUCKET, key, version: versionId ?? sequencer }),
    key,
    content,
    eTag,
    versionId,
    putAtMs,
    poison,
    invalidKey: key.includes("%"),
    deleted: false,
    eventRecord: {
      eventVersion: "2.1",
      eventName: "ObjectCreated:Put",
      eventTime: new Date(putAtMs).toISOString(),
      s3: {
        bucket: { name: SOURCE_BUCKET },
        object: { key, size: content.length, eTag, versionId, sequencer },
      },
    },
  };
}

/** Without versions, deleting a key deletes what lies under it now. */
export function deletePhoto(photo: Photo, photos: readonly Photo[]): void {
  for (const other of photos)
    if (other === photo || (!photo.versionId && other.key === photo.key)) other.deleted = true;
}

/** What the preview of these bytes must hold. */
export const previewContent = (content: string, name: string): string => `${name} of ${content}`;
