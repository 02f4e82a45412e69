import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { ImageCatalogue } from "../../operations/image-catalogue";
import type { RecordChanges } from "./record-watch";

/** Images that are looked at again with each reading. */
const NEWEST_IMAGES = 60;
/** So many images can be followed beside the newest; the one followed longest goes first. */
const MAX_FOLLOWED = 20;

/** Changes of a table that tells nothing by itself, found by reading the newest images again, and those that are followed. */
export class DeployedRecords {
  #known = new Map<string, string>();
  readonly #followed = new Set<string>();

  constructor(private readonly catalogue: ImageCatalogue) {}

  /** An image that somebody looks at, or has processed again. */
  follow(imageId: string): void {
    this.#followed.delete(imageId);
    this.#followed.add(imageId);
    const [oldest] = this.#followed;
    if (this.#followed.size > MAX_FOLLOWED && oldest !== undefined) this.#followed.delete(oldest);
  }

  /** What differs from the last reading; the first one finds no changes. */
  async changes(): Promise<RecordChanges> {
    const { records } = await this.catalogue.list({}, { limit: NEWEST_IMAGES });
    const newest = new Set(records.map(({ imageId }) => imageId));
    const others = [...this.#followed].filter((imageId) => !newest.has(imageId));
    const found = await Promise.all(others.map((imageId) => this.catalogue.find(imageId)));
    const present = [...records, ...found.filter((record) => record !== undefined)];
    const first = this.#known.size === 0;
    const images = first ? [] : present.filter((record) => this.#known.get(record.imageId) !== textOf(record));
    const removed = others.filter((imageId, index) => found[index] === undefined && this.#known.has(imageId));
    for (const imageId of removed) this.#followed.delete(imageId);
    this.#known = new Map(present.map((record) => [record.imageId, textOf(record)]));
    return { images, removed };
  }
}

const textOf = (record: ImageRecord): string => JSON.stringify(record);
