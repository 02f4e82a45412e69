import type { Preview } from "../../lambda-src/images/previews";
import type { RenderedImage } from "../../lambda-src/images/render-image";
import type { OriginalRequest, OriginalStore, PreviewStore } from "../../lambda-src/records/ports";
import type { Upload } from "../../lambda-src/records/upload-event";
import { type Network, never } from "./network";
import { deletePhoto, type Photo, PREVIEW_NAMES, previewContent } from "./photo";
import type { PipelineUnderTest } from "./pipeline-under-test";
import type { SimulatedInvocation } from "./simulated-invocation";

interface PreviewPut {
  readonly key: string;
  readonly preview: Preview;
  readonly imageId: string;
  readonly sentAtMs: number;
}

export interface BackfilledPhoto extends Photo {
  readonly original: Photo;
}

/** Both buckets, and the image work between them. */
export class SimulatedBuckets {
  /** Every object ever put into the source bucket, oldest first. */
  readonly photos: Photo[] = [];
  /** What a backfill took an object of `photos` for: the same object, as another upload. */
  readonly backfilled: BackfilledPhoto[] = [];
  /** Key to content. */
  readonly previews = new Map<string, string>();
  /** Key to epoch ms: from then on the lifecycle rule counts. */
  readonly previewTimes = new Map<string, number>();

  constructor(
    private readonly network: Network,
    private readonly pipeline: PipelineUnderTest,
    private readonly nowMs: () => number,
    private readonly onPreview: (key: string, content: string, sentAtMs: number) => void,
  ) {}

  originalsOf(invocation: SimulatedInvocation): OriginalStore {
    const failure = (reason: string) => new this.pipeline.TransientFailure("S3_ERROR", reason);
    return {
      read: (request, signal) =>
        this.network.call({ invocation, label: "GET", signal, failure, apply: () => this.#get(request, invocation) }),
    };
  }

  previewsOf(invocation: SimulatedInvocation): PreviewStore {
    const failure = (reason: string) => new this.pipeline.TransientFailure("S3_ERROR", reason);
    return {
      write: (key, preview, { imageId }, signal) => {
        const sentAtMs = this.nowMs();
        return this.network.call({
          invocation,
          label: `PUT ${preview.name}`,
          signal,
          failure,
          apply: () => this.#put({ key, preview, imageId, sentAtMs }, invocation),
        });
      },
    };
  }

  /** What lies under a key, or one version of it. */
  original(key: string, versionId?: string): Photo | undefined {
    const versions = this.photos.filter((photo) => photo.key === key && photo.putAtMs <= this.nowMs());
    const photo = versionId ? versions.find((version) => version.versionId === versionId) : versions.at(-1);
    return photo?.deleted ? undefined : photo;
  }

  uploadOf(imageId: string): Photo | undefined {
    const isIt = (photo: Photo): boolean => photo.imageId === imageId;
    return this.photos.find(isIt) ?? this.backfilled.find(isIt);
  }

  /** The upload that an event is about; one that nobody knows is a backfill's. */
  uploadOfEvent({ imageId, key, eTag }: Upload): Photo | undefined {
    const known = this.uploadOf(imageId);
    const original = this.photos.findLast((photo) => photo.key === key && photo.eTag === eTag);
    if (known || !original) return known;
    const backfilled: BackfilledPhoto = {
      ...original,
      imageId,
      original,
      get deleted() {
        return original.deleted;
      },
      set deleted(deleted: boolean) {
        original.deleted = deleted;
      },
    };
    this.backfilled.push(backfilled);
    return backfilled;
  }

  /** Without versions, deleting a key deletes what lies under it now. */
  deleteOriginal(key: string, versionId?: string): void {
    const photo = this.original(key, versionId);
    if (photo) deletePhoto(photo, this.photos);
  }

  /** As S3 describes it. */
  preview(key: string) {
    const content = this.previews.get(key);
    if (content === undefined) return undefined;
    return {
      ETag: `"${content}"`,
      LastModified: new Date(Math.floor((this.previewTimes.get(key) ?? 0) / 1000) * 1000),
      ContentLength: content.length,
      ContentType: "image/jpeg",
    };
  }

  /** Somebody deletes a preview by hand. */
  losePreview(key: string): void {
    this.previews.delete(key);
    this.previewTimes.delete(key);
  }

  /** The image work of one invocation: a process can hang or die in it, but the network does not fail it. */
  async render(bytes: Buffer, invocation: SimulatedInvocation): Promise<RenderedImage> {
    const content = bytes.toString();
    const photo = this.photos.find((candidate) => candidate.content === content);
    if (photo?.trouble === "decoder hangs") {
      invocation.blocked = true;
      return never();
    }
    if (photo?.trouble === "decoder crashes") {
      invocation.crash();
      return never();
    }
    if (photo?.poison) throw new this.pipeline.RejectedImage("DECODE_ERROR", "poison");
    return {
      facts: { width: 2, height: 1, format: "jpeg" },
      placeholder: Promise.resolve("placeholder"),
      previews: PREVIEW_NAMES.map((name) => Promise.resolve(previewOf(content, name))),
    };
  }

  #get({ key, versionId, eTag }: OriginalRequest, invocation: SimulatedInvocation): Buffer {
    const versions = this.photos.filter((photo) => photo.key === key);
    const photo = versionId ? versions.find((version) => version.versionId === versionId) : versions.at(-1);
    if (photo?.trouble === "get refused") throw this.#troubled("ACCESS_DENIED", invocation);
    if (photo?.trouble === "get fails") throw this.#troubled("S3_ERROR", invocation);
    if (!photo || photo.deleted) throw new this.pipeline.RejectedImage("SOURCE_NOT_FOUND", "gone");
    if (!versionId && photo.eTag !== eTag) throw new this.pipeline.RejectedImage("SUPERSEDED", "overwritten");
    if (photo.trouble === "get cut short") {
      invocation.causes.push("SHORT_READ");
      return Buffer.from(photo.content.slice(1));
    }
    return Buffer.from(photo.content);
  }

  #put({ key, preview, imageId, sentAtMs }: PreviewPut, invocation: SimulatedInvocation): void {
    const photo = this.photos.find((candidate) => candidate.imageId === imageId);
    if (photo?.trouble === "put fails") throw this.#troubled("S3_ERROR", invocation);
    const content = preview.body.toString();
    this.previews.set(key, content);
    this.previewTimes.set(key, this.nowMs());
    this.onPreview(key, content, sentAtMs);
  }

  #troubled(code: "ACCESS_DENIED" | "S3_ERROR", invocation: SimulatedInvocation): Error {
    invocation.causes.push(code);
    return new this.pipeline.TransientFailure(code, "trouble");
  }
}

function previewOf(content: string, name: string): Preview {
  const body = Buffer.from(previewContent(content, name));
  return {
    name,
    extension: "jpg",
    body,
    details: { width: 2, height: 1, bytes: body.length, contentType: "image/jpeg" },
  };
}
