import { RejectedImage } from "../../lambda-src/images/formats/rejected-image";
import { TransientFailure } from "../../lambda-src/records/errors";
import { processEvent } from "../../lambda-src/records/process-event";
import { processUpload } from "../../lambda-src/records/process-upload";
import { recordFailedEvent, recordFailedMessage } from "../../lambda-src/records/record-failed-event";
import { backfill } from "../../operations/backfill";
import { backfillAge } from "../../operations/backfill-age";
import { deleteImage } from "../../operations/delete-image";
import { ImageCatalogue } from "../../operations/image-catalogue";
import { replayDeadLetters } from "../../operations/replay";
import { reprocessImage } from "../../operations/reprocess";
import { deleteUnreferenced, findUnreferencedPreviews, repairImage, verifyRecords } from "../../operations/verify";

/** What a simulation runs. */
export const realPipeline = {
  processEvent,
  processUpload,
  recordFailedEvent,
  recordFailedMessage,
  backfill,
  backfillAge,
  deleteImage,
  ImageCatalogue,
  replayDeadLetters,
  reprocessImage,
  findUnreferencedPreviews,
  deleteUnreferenced,
  verifyRecords,
  repairImage,
  /** A mutated copy's own classes, because it asks `instanceof`. */
  RejectedImage,
  TransientFailure,
};

/** The real code, or a copy of it with one mutation. */
export type PipelineUnderTest = typeof realPipeline;
