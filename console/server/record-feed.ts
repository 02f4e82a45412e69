import type { ImageRecord, RecordKey } from "../../lambda-src/records/image-record";
import type { ImageCatalogue } from "../../operations/image-catalogue";
import type { EventStream } from "./event-stream";
import type { StateTally } from "./image-counts";
import type { ImageJournal } from "./image-journal";

/** `removed`: image ids. */
export interface RecordChanges {
  readonly images: readonly ImageRecord[];
  readonly removed: readonly string[];
}

/** `writtenAt`: epoch ms of the last write, by image id. */
interface WatchedChanges extends RecordChanges {
  readonly writtenAt: ReadonlyMap<string, number>;
}

/** Of records read together: the client's connections are few. */
const READ_AT_ONCE = 40;

interface RecordWatchOptions {
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

/** Summaries follow the images at this pace: two hundred uploads do not make two hundred messages. */
const INTERVAL_MS = 200;

export interface RecordFeedParts {
  readonly records: RecordWatch;
  readonly journal: ImageJournal;
  readonly tally: StateTally;
  readonly stream: EventStream;
  readonly catalogue: ImageCatalogue;
  readonly onTrouble: (sentence: string) => void;
}

/** Tells the page of every record that changes, of the counts that follow, and of images whose journal grew. */
export function startRecordFeed(parts: RecordFeedParts): void {
  const { records, journal, tally, stream, catalogue, onTrouble } = parts;
  const sendCounts = atMostEvery(INTERVAL_MS, () => stream.send("counts", tally.counts));
  const grown = new Set<string>();
  const sendGrown = atMostEvery(INTERVAL_MS, () => {
    stream.send("journal", [...grown]);
    grown.clear();
  });
  tally.onChange = sendCounts;
  journal.onAdded = (imageId) => {
    grown.add(imageId);
    sendGrown();
  };
  records.start({
    find: (imageId) => catalogue.find(imageId),
    onTrouble,
    onChanges: ({ images, removed, writtenAt }) => {
      for (const image of images) {
        journal.changed(image, writtenAt.get(image.imageId));
        tally.changed(image.imageId, image.processingStatus);
      }
      for (const imageId of removed) tally.changed(imageId, undefined);
      if (images.length > 0) stream.send("images", images);
      if (removed.length > 0) stream.send("removed", removed);
    },
  });
}

/** A function that runs `work` soon after it is called, once for all calls within the interval. */
function atMostEvery(intervalMs: number, work: () => void): () => void {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    setTimeout(() => {
      scheduled = false;
      work();
    }, intervalMs).unref();
  };
}
