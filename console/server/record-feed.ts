import type { ImageCatalogue } from "../../operations/image-catalogue";
import { atMostEvery } from "./at-most-every";
import type { EventStream } from "./event-stream";
import type { ImageJournal } from "./image-journal";
import type { RecordWatch } from "./record-watch";
import type { StateTally } from "./state-tally";

/** Summaries follow the images at this pace: two hundred uploads are no two hundred messages. */
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
