import { DynamoDbRecordStore } from "../lambda-src/aws/dynamodb-record-store";
import type { ImageRecord } from "../lambda-src/records/image-record";
import { reopen } from "../lambda-src/records/record-updates";
import { isLeaseLive, isRetryable } from "./image-progress";
import type { Pipeline } from "./pipeline-clients";
import { sendToProcessor } from "./send-to-processor";
import { eventOfRecord } from "./upload-event";

/**
 * Why an image was left alone: it is `completed` or failed for good and was not forced; somebody works on it; it changed
 * meanwhile; or its record does not say which version of which object it is about.
 */
export type Refusal = "completed" | "failed_for_good" | "in_progress" | "changed" | "no_identity";

export type ReprocessResult =
  | {
      readonly kind: "invoked" /** Whether its record said something else than `pending` before. */;
      readonly reopened: boolean;
    }
  | { readonly kind: "refused"; readonly reason: Refusal };

/**
 * Has an image processed again under its own identity, so that everything that still holds its event does no harm: two
 * deliveries at once are told apart by the lease, and whichever comes second finds the image done.
 *
 * Between the reopening and the invocation the record is `pending` and nobody works on it: should this process die there,
 * calling it again for the `pending` record invokes the function.
 * @param record as read just now
 */
export async function reprocessImage(
  record: ImageRecord,
  { force, signal = new AbortController().signal }: { readonly force: boolean; readonly signal?: AbortSignal },
  pipeline: Pipeline,
): Promise<ReprocessResult> {
  const event = eventOfRecord(record, pipeline);
  if (!event) return { kind: "refused", reason: "no_identity" };
  const reason = force ? undefined : reasonToKeep(record);
  if (reason) return { kind: "refused", reason };

  const { processingStatus } = record;
  if (processingStatus === "processing" && isLeaseLive(record, pipeline.clock.now()))
    return { kind: "refused", reason: "in_progress" };
  // A claim takes over `pending` and an ended lease by itself.
  const reopened = processingStatus === "completed" || processingStatus === "failed";
  if (reopened) {
    const records = new DynamoDbRecordStore(pipeline.dynamodb, pipeline.metadataTable);
    const item = await records.update(reopen(record), signal);
    if ("refused" in item) return { kind: "refused", reason: "changed" };
  }
  await sendToProcessor(JSON.stringify(event), pipeline, signal);
  return { kind: "invoked", reopened };
}

function reasonToKeep({ processingStatus, errorCode }: ImageRecord): Refusal | undefined {
  if (processingStatus === "completed") return "completed";
  if (processingStatus === "failed" && !isRetryable(errorCode)) return "failed_for_good";
  return undefined;
}
