import type { RecordKey } from "../../lambda-src/pipeline/image-record";
import type { FunctionLog } from "../lambda/local-function";
import { ImageJournal } from "./image-journal";
import { MetricHistory } from "./metric-history";
import { RecordWatch } from "./record-watch";

/** What the console sees of the local system while it runs; made before the system, so that nothing is missed. */
export class LocalObservation {
  readonly records = new RecordWatch();
  readonly journal = new ImageJournal();
  readonly metrics = new MetricHistory();

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
