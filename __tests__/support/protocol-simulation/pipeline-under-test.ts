import { RejectedImage, TransientFailure } from "../../../lambda-src/pipeline/errors";
import { processEvent } from "../../../lambda-src/pipeline/process-event";
import { processUpload } from "../../../lambda-src/pipeline/process-upload";
import { recordFailedEvent } from "../../../lambda-src/pipeline/record-failed-event";

/** What a simulation runs: the real code, or a copy of it with one mutation. */
export interface PipelineUnderTest {
  readonly processEvent: typeof processEvent;
  readonly processUpload: typeof processUpload;
  readonly recordFailedEvent: typeof recordFailedEvent;
  /** The copy's own classes, because it asks `instanceof`. */
  readonly RejectedImage: typeof RejectedImage;
  readonly TransientFailure: typeof TransientFailure;
}

export const realPipeline: PipelineUnderTest = {
  processEvent,
  processUpload,
  recordFailedEvent,
  RejectedImage,
  TransientFailure,
};
