import * as v from "valibot";
import { type ErrorCode, TRANSIENT_CODES } from "./errors";
import type { ImageRecord } from "./image-record";
import type { Clock, Invocation, RecordStore, Telemetry } from "./ports";
import { recordFailure } from "./record-updates";
import { parseUploadEvent, type Upload } from "./upload-event";
import { shortened } from "./upload-report";

/**
 * What Lambda sends to an on-failure destination.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
const failedInvocationSchema = v.object({
  requestContext: v.object({
    requestId: v.string(),
    condition: v.string(),
  }),
  requestPayload: v.unknown(),
  responsePayload: v.optional(v.unknown()),
});
type FailedInvocation = v.InferOutput<typeof failedInvocationSchema>;

const errorPayloadSchema = v.object({
  errorType: v.optional(v.string(), ""),
  errorMessage: v.optional(v.string(), ""),
});
type ErrorPayload = v.InferOutput<typeof errorPayloadSchema>;

export interface Recorder {
  readonly records: RecordStore;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly sourceBucket: string;
  readonly recordTtlSeconds: number;
}

/**
 * Writes `failed` for every upload of an event that the processor gave up on or died of. Touches no image that somebody
 * else works on or has finished.
 * @throws {AggregateError} when the table did not answer; Lambda then tries again
 */
export async function recordFailedEvent(event: unknown, invocation: Invocation, recorder: Recorder): Promise<void> {
  const { requestId } = invocation;
  const parsed = v.safeParse(failedInvocationSchema, event);
  if (!parsed.success) {
    recorder.telemetry.decided("malformed_event", { requestId, detail: "the event must be an on-failure record" });
    return;
  }
  const failures: unknown[] = [];
  for (const record of parseUploadEvent(parsed.output.requestPayload, recorder.sourceBucket)) {
    switch (record.kind) {
      case "ignored":
        recorder.telemetry.decided("ignored", { requestId, key: record.key, reason: record.reason });
        break;
      case "malformed":
        recorder.telemetry.decided("malformed_event", { requestId, detail: record.error.message });
        break;
      case "upload":
        await recordFailedUpload(record.upload, parsed.output, invocation, recorder).catch((error: unknown) =>
          failures.push(error),
        );
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} failed uploads could not be recorded`);
}

async function recordFailedUpload(
  upload: Upload,
  failed: FailedInvocation,
  { requestId, end }: Invocation,
  { records, telemetry, clock, recordTtlSeconds }: Recorder,
): Promise<void> {
  const nowMs = clock.now();
  const owner = failed.requestContext.requestId;
  const error = errorOf(failed);
  const current = await records.read(upload, end);
  const code = failureCode(failed.requestContext.condition, error, current);
  const update = recordFailure(upload, {
    owner,
    code,
    message: failureMessage(code, error, current),
    nowMs,
    timeToLive: Math.floor(nowMs / 1000) + recordTtlSeconds,
  });
  const fields = { imageId: upload.imageId, key: upload.key, requestId, failedRequestId: owner };
  const item = await records.update(update, end);
  if ("refused" in item) {
    telemetry.decided("recorder_noop", { ...fields, status: current?.processingStatus });
    return;
  }
  telemetry.decided("recorded_failed", { ...fields, reason: code.toLowerCase(), attempt: item.attempts });
  telemetry.measured({ ImagesFailed: 1 });
}

function errorOf({ responsePayload }: FailedInvocation): ErrorPayload {
  const parsed = v.safeParse(errorPayloadSchema, responsePayload);
  return parsed.success ? parsed.output : { errorType: "", errorMessage: "" };
}

function failureCode(condition: string, { errorType, errorMessage }: ErrorPayload, current?: ImageRecord): ErrorCode {
  if (condition === "EventAgeExceeded") return "EVENT_AGE_EXCEEDED";
  // Lambda reports its time limit in words alone on some runtimes.
  if (errorType === "Sandbox.Timedout" || errorMessage.includes("Task timed out")) return "TIMEOUT";
  if (errorType.startsWith("Runtime.")) return "RUNTIME_CRASH";
  return TRANSIENT_CODES.find((code) => code === current?.errorCode) ?? "RETRIES_EXHAUSTED";
}

function failureMessage(code: ErrorCode, { errorMessage }: ErrorPayload, current?: ImageRecord): string {
  const keepsCode = code === current?.errorCode && current.errorMessage;
  return shortened(keepsCode || errorMessage || `the event was not processed: ${code}`);
}
