import type { RecordKey } from "../../lambda-src/records/image-record";
import type { FunctionLog } from "../../local/aws/lambda/local-function";
import { ImageJournal, type JournalLine } from "./image-journal";
import { JournalFile } from "./journal-file";
import { MetricHistory } from "./metrics/metric-history";
import { RecordWatch } from "./record-watch";

/** What the console sees of the local system while it runs; made before the system, so that nothing is missed. */
export class LocalObservation {
  readonly records = new RecordWatch();
  readonly journal: ImageJournal;
  readonly metrics = new MetricHistory();

  /** `directory`: where the journal is kept across restarts. */
  constructor(directory: string, onTrouble: (sentence: string) => void) {
    const file = new JournalFile<JournalLine>(directory);
    let broken = false;
    const keep = (line: JournalLine) => {
      if (broken) return;
      try {
        file.append(line);
      } catch (error) {
        // A full disk must not stop what the functions do.
        broken = true;
        onTrouble(`The console's journal is not kept any more: ${(error as Error).message}`);
      }
    };
    this.journal = new ImageJournal(keep, file.read());
  }

  /** The table was written. */
  written(key: Pick<RecordKey, "imageId">): void {
    this.records.written(key);
  }

  /** A function printed a line or ended an invocation. */
  logged(log: FunctionLog): void {
    this.journal.logged(log);
    this.metrics.logged(log);
  }
}
