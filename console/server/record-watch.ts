import type { ImageRecord, RecordKey } from "../../lambda-src/records/image-record";

/** `removed`: image ids. */
export interface RecordChanges {
  readonly images: readonly ImageRecord[];
  readonly removed: readonly string[];
}

/** `writtenAt`: epoch ms of the last write, by image id. */
export interface WatchedChanges extends RecordChanges {
  readonly writtenAt: ReadonlyMap<string, number>;
}

/** Of records read together: the client's connections are few. */
const READ_AT_ONCE = 40;

export interface RecordWatchOptions {
  readonly find: (imageId: string) => Promise<ImageRecord | undefined>;
  readonly onChanges: (changes: WatchedChanges) => void;
  readonly onTrouble: (sentence: string) => void;
}

/** Reads each record that was written again, once for all writes that came meanwhile, and tells what it has become. */
export class RecordWatch {
  readonly #waiting = new Map<string, number>();
  #options: RecordWatchOptions | undefined;
  #reading = false;

  /** A record was written or deleted. */
  written({ imageId }: Pick<RecordKey, "imageId">): void {
    if (!this.#options) return;
    this.#waiting.set(imageId, Date.now());
    void this.#readWaiting(this.#options);
  }

  /** Nothing is read before. */
  start(options: RecordWatchOptions): void {
    this.#options = options;
  }

  stop(): void {
    this.#options = undefined;
  }

  async #readWaiting(options: RecordWatchOptions): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    while (this.#waiting.size > 0 && this.#options) {
      const writtenAt = new Map([...this.#waiting].slice(0, READ_AT_ONCE));
      for (const id of writtenAt.keys()) this.#waiting.delete(id);
      try {
        options.onChanges({ ...(await readAll([...writtenAt.keys()], options)), writtenAt });
      } catch (error) {
        if (this.#options) options.onTrouble(`The console could not read changed records: ${(error as Error).message}`);
      }
    }
    this.#reading = false;
  }
}

async function readAll(ids: readonly string[], { find }: RecordWatchOptions): Promise<RecordChanges> {
  const records = await Promise.all(ids.map((id) => find(id)));
  return {
    images: records.filter((record) => record !== undefined),
    removed: ids.filter((_, index) => records[index] === undefined),
  };
}
