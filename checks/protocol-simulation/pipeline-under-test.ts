import { RejectedImage } from "../../lambda-src/images/formats/rejected-image";
import { TransientFailure } from "../../lambda-src/records/errors";
import { processEvent } from "../../lambda-src/records/process-event";
import { processUpload } from "../../lambda-src/records/process-upload";
import { recordFailedEvent, recordFailedMessage } from "../../lambda-src/records/record-failed-event";
import { reopen, retire } from "../../lambda-src/records/record-updates";

/** What a simulation runs: the real code, or a copy of it with one mutation. */
export interface PipelineUnderTest {
  readonly processEvent: typeof processEvent;
  readonly processUpload: typeof processUpload;
  readonly recordFailedEvent: typeof recordFailedEvent;
  readonly recordFailedMessage: typeof recordFailedMessage;
  readonly reopen: typeof reopen;
  readonly retire: typeof retire;
  /** The copy's own classes, because it asks `instanceof`. */
  readonly RejectedImage: typeof RejectedImage;
  readonly TransientFailure: typeof TransientFailure;
}

export const realPipeline: PipelineUnderTest = {
  processEvent,
  processUpload,
  recordFailedEvent,
  recordFailedMessage,
  reopen,
  retire,
  RejectedImage,
  TransientFailure,
};
