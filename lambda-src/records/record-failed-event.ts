import * as v from "valibot";
import { type ErrorCode, TRANSIENT_CODES } from "../../contract/error-codes";
import { hasExpired, type ImageRecord, timeToLive } from "./image-record";
import { contentOf, type QueuedMessage } from "./message-batch";
import type { Clock, Invocation, RecordStore, Telemetry } from "./ports";
import { recordFailure, recordFailureAnew } from "./record-updates";
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

const errorPayloadSchema = v.object({
  errorType: v.optional(v.string(), ""),
  errorMessage: v.optional(v.string(), ""),
});
type ErrorPayload = v.InferOutput<typeof errorPayloadSchema>;

/** An event that nobody will process any more. */
interface GivenUp {
  readonly payload: unknown;
  /** Request id of the invocations that failed, or id of the message. */
  readonly owner: string;
  readonly condition: string;
  /** How the last attempt ended. A queue does not tell. */
  readonly error: ErrorPayload | "untold";
}

export interface Recorder {
  readonly records: RecordStore;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly sourceBucket: string;
  /** Undefined: records never expire. */
  readonly recordTtlSeconds: number | undefined;
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
  const { requestContext, requestPayload, responsePayload } = parsed.output;
  const owner = requestContext.requestId;
  const { condition } = requestContext;
  const error = errorOf(responsePayload);
  return recordEvent({ payload: requestPayload, owner, condition, error }, invocation, recorder);
}

/**
 * The same for a message that was received as often as its queue allows.
 * @throws {AggregateError} when the table did not answer; the message must then come again
 */
export const recordFailedMessage = (
  message: QueuedMessage,
  invocation: Invocation,
  recorder: Recorder,
): Promise<void> =>
  recordEvent(
    { payload: contentOf(message), owner: message.messageId, condition: "RetriesExhausted", error: "untold" },
    invocation,
    recorder,
  );

async function recordEvent(failed: GivenUp, invocation: Invocation, recorder: Recorder): Promise<void> {
  const { requestId } = invocation;
  const failures: unknown[] = [];
  for (const record of parseUploadEvent(failed.payload, recorder.sourceBucket)) {
    switch (record.kind) {
      case "ignored":
        recorder.telemetry.decided("ignored", { requestId, key: record.key, reason: record.reason });
        break;
      case "malformed":
        recorder.telemetry.decided("malformed_event", { requestId, detail: record.error.message });
        break;
      case "upload":
        await recordFailedUpload(record.upload, failed, invocation, recorder).catch((error: unknown) =>
          failures.push(error),
        );
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} failed uploads could not be recorded`);
}

async function recordFailedUpload(
  upload: Upload,
  failed: GivenUp,
  { requestId, end }: Invocation,
  { records, telemetry, clock, recordTtlSeconds }: Recorder,
): Promise<void> {
  const nowMs = clock.now();
  const { owner } = failed;
  const found = await records.read(upload, end);
  const hasEnded = found !== undefined && hasExpired(found, nowMs);
  const current = hasEnded ? undefined : found;
  const error = failed.error === "untold" ? guessedError(current) : failed.error;
  const code = failureCode(failed.condition, error, current);
  const failure = {
    owner,
    code,
    message: failureMessage(code, error, current),
    nowMs,
    timeToLive: timeToLive(nowMs, recordTtlSeconds),
  };
  const fields = { imageId: upload.imageId, key: upload.key, requestId, failedRequestId: owner };
  let item = await records.update((hasEnded ? recordFailureAnew : recordFailure)(upload, failure), end);
  // A claim that was still on its way may have begun the record's next life.
  if (hasEnded && "refused" in item) item = await records.update(recordFailure(upload, failure), end);
  if ("refused" in item) {
    telemetry.decided("recorder_noop", { ...fields, status: current?.processingStatus });
    return;
  }
  telemetry.decided("recorded_failed", { ...fields, reason: code.toLowerCase(), attempt: item.attempts });
  telemetry.measured({ ImagesFailed: 1 });
}

const NO_ERROR: ErrorPayload = { errorType: "", errorMessage: "" };

function errorOf(responsePayload: unknown): ErrorPayload {
  const parsed = v.safeParse(errorPayloadSchema, responsePayload);
  return parsed.success ? parsed.output : NO_ERROR;
}

/** An attempt that failed says so in the record; one that died leaves it as its claim did. */
const guessedError = (current?: ImageRecord): ErrorPayload =>
  current?.processingStatus === "processing"
    ? { errorType: "Runtime.ExitError", errorMessage: "the function died, for want of memory or of time" }
    : NO_ERROR;

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
