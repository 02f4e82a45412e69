import type { Invocation, Telemetry } from "./ports";
import { parseUploadEvent, type Upload } from "./upload-event";

/**
 * Runs every upload of an S3 event, one after the other, whatever becomes of the ones before.
 * @throws {AggregateError} after the last record, with what Lambda must retry
 */
export async function processEvent(
  event: unknown,
  invocation: Invocation,
  sourceBucket: string,
  telemetry: Telemetry,
  process: (upload: Upload) => Promise<void>,
): Promise<void> {
  const { requestId } = invocation;
  const failures: unknown[] = [];
  for (const record of parseUploadEvent(event, sourceBucket)) {
    switch (record.kind) {
      case "ignored":
        telemetry.decided("ignored", { requestId, key: record.key, reason: record.reason });
        break;
      case "malformed":
        telemetry.decided("malformed_event", { requestId, detail: record.error.message });
        failures.push(record.error);
        break;
      case "upload":
        await process(record.upload).catch((error: unknown) => failures.push(error));
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} of the event's records must be retried`);
}
