import type { ImageRecord } from "../../../lambda-src/records/image-record";
import type { RecordStore } from "../../../lambda-src/records/ports";
import { recordFailedEvent, recordFailedMessage } from "../../../lambda-src/records/record-failed-event";
import { parseUploadEvent } from "../../../lambda-src/records/upload-event";
import {
  DEADLINE_MS,
  eventOf,
  invocationOf,
  itemWith,
  NOW_MS,
  OneItemStore,
  RecordingTelemetry,
  recordOf,
} from "../../support/pipeline-ports";

const FAILED = "request-failed";
const EVENT = eventOf("uploads/ann/cat.jpg");
const [parsed] = parseUploadEvent(EVENT, "photos");
const KEY =
  parsed?.kind === "upload" ? { imageId: parsed.upload.imageId, timestamp: parsed.upload.timestamp } : undefined;

interface Failure {
  readonly condition?: string;
  readonly response?: unknown;
  readonly event?: unknown;
}

const onFailure = ({ condition = "RetriesExhausted", response, event = EVENT }: Failure = {}) => ({
  version: "1.0",
  timestamp: "2026-01-02T03:04:00.000Z",
  requestContext: { requestId: FAILED, functionArn: "arn", condition, approximateInvokeCount: 3 },
  requestPayload: event,
  responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
  ...(response !== undefined && { responsePayload: response }),
});

async function record(event: unknown, records: RecordStore) {
  const telemetry = new RecordingTelemetry();
  const { invocation } = invocationOf("request-recorder");
  const recorder = { records, telemetry, clock: { now: () => NOW_MS }, sourceBucket: "photos", recordTtlSeconds: 60 };
  const error: unknown = await recordFailedEvent(event, invocation, recorder).catch((thrown: unknown) => thrown);
  return { telemetry, error };
}

const itemOf = (attributes: Partial<ImageRecord>) => itemWith({ ...KEY, ...attributes });
const abandoned = itemOf({ leaseOwner: FAILED, leaseExpiresAt: DEADLINE_MS });

describe("the code that the failure recorder writes", () => {
  const pending = itemOf({
    processingStatus: "pending",
    leaseOwner: FAILED,
    errorCode: "ACCESS_DENIED",
    errorMessage: "the object could not be read",
  });
  const timedOut = {
    errorType: "Sandbox.Timedout",
    errorMessage: "RequestId: 1 Error: Task timed out after 30.00 seconds",
  };

  test.each<[string, Failure, ImageRecord | undefined, string, string]>([
    ["too old", { condition: "EventAgeExceeded" }, undefined, "EVENT_AGE_EXCEEDED", "the event was not processed"],
    [
      "too old after a time limit",
      { condition: "EventAgeExceeded", response: timedOut },
      abandoned,
      "EVENT_AGE_EXCEEDED",
      "Task",
    ],
    ["time limit", { response: timedOut }, abandoned, "TIMEOUT", "Task timed out after 30.00 seconds"],
    [
      "time limit in words alone",
      { response: { errorMessage: "2026 1 Task timed out after 3 seconds" } },
      abandoned,
      "TIMEOUT",
      "Task",
    ],
    [
      "out of memory",
      { response: { errorType: "Runtime.OutOfMemory", errorMessage: "signal: killed" } },
      abandoned,
      "RUNTIME_CRASH",
      "killed",
    ],
    [
      "exit",
      { response: { errorType: "Runtime.ExitError" } },
      abandoned,
      "RUNTIME_CRASH",
      "the event was not processed",
    ],
    [
      "transient error",
      { response: { errorType: "AggregateError", errorMessage: "1 of" } },
      pending,
      "ACCESS_DENIED",
      "could not be read",
    ],
    [
      "unforeseen error",
      { response: { errorType: "AggregateError", errorMessage: "1 of" } },
      abandoned,
      "RETRIES_EXHAUSTED",
      "1 of",
    ],
    ["no response", {}, abandoned, "RETRIES_EXHAUSTED", "the event was not processed"],
    ["response that is text", { response: "boom" }, abandoned, "RETRIES_EXHAUSTED", "the event was not processed"],
  ])("%s", async (_, failure, item, code, message) => {
    const store = new OneItemStore(item);
    const { telemetry, error } = await record(onFailure(failure), store);
    expect(error).toBeUndefined();
    expect(store.item).toMatchObject({
      ...KEY,
      processingStatus: "failed",
      errorCode: code,
      errorMessage: expect.stringContaining(message),
      processedAt: Math.floor(NOW_MS / 1000),
    });
    expect(telemetry.words).toEqual([`recorded_failed ${code.toLowerCase()}`]);
    expect(telemetry.metrics).toEqual({ ImagesFailed: 1 });
  });

  test("never fills the table with a foreign message", async () => {
    const store = new OneItemStore(abandoned);
    await record(onFailure({ response: { errorMessage: "x".repeat(10_000) } }), store);
    expect(store.item?.errorMessage).toHaveLength(500);
  });
});

describe("recordFailedEvent", () => {
  test.each<[string, ImageRecord]>([
    ["completed", itemOf({ processingStatus: "completed", leaseOwner: FAILED })],
    ["failed for good", itemOf({ processingStatus: "failed", errorCode: "DECODE_ERROR", leaseOwner: FAILED })],
    ["failed already", itemOf({ processingStatus: "failed", errorCode: "TIMEOUT", leaseOwner: FAILED })],
    ["pending for another request", itemOf({ processingStatus: "pending", leaseOwner: "request-other" })],
    ["held by another request", itemOf({ leaseOwner: "request-other", leaseExpiresAt: DEADLINE_MS })],
  ])("leaves alone what is %s", async (_, item) => {
    const store = new OneItemStore(item);
    const { telemetry, error } = await record(onFailure(), store);
    expect(error).toBeUndefined();
    expect(store.item).toEqual(item);
    expect(telemetry.words).toEqual(["recorder_noop"]);
    expect(telemetry.metrics).toEqual({});
  });

  test("takes over from another request that is dead", async () => {
    const store = new OneItemStore(itemOf({ leaseOwner: "request-other", leaseExpiresAt: NOW_MS - 1 }));
    const { telemetry } = await record(onFailure(), store);
    expect(telemetry.words).toEqual(["recorded_failed retries_exhausted"]);
    expect(store.item).toMatchObject({ processingStatus: "failed" });
  });

  test("makes of a record past its time to live what it makes of none", async () => {
    const fresh = new OneItemStore();
    await record(onFailure(), fresh);
    const old = new OneItemStore({
      ...itemOf({ processingStatus: "completed", attempts: 7, leaseOwner: FAILED, previews: { small: "p/small.jpg" } }),
      errorCode: "S3_ERROR",
      ttl: Math.floor(NOW_MS / 1000) - 1,
    });
    const { telemetry } = await record(onFailure(), old);
    expect(old.item).toEqual(fresh.item);
    expect(telemetry.words).toEqual(["recorded_failed retries_exhausted"]);
  });

  test("ends a claim that began the record's next life while it looked", async () => {
    const store = new OneItemStore(itemOf({ ...abandoned, ttl: 1_700_000_000 }));
    const read = store.read.bind(store);
    store.read = async (key) => {
      const found = await read(key);
      store.item = itemOf({ leaseOwner: FAILED, leaseExpiresAt: DEADLINE_MS, attempts: 1 });
      return found;
    };
    await record(onFailure(), store);
    expect(store.item).toMatchObject({ processingStatus: "failed", attempts: 1 });
  });

  test("creates the item of an upload that no attempt was made for", async () => {
    const store = new OneItemStore();
    await record(onFailure({ condition: "EventAgeExceeded" }), store);
    expect(store.item).toMatchObject({
      ...KEY,
      userId: "ann",
      originalKey: "uploads/ann/cat.jpg",
      attempts: 0,
      ttl: Math.floor(NOW_MS / 1000) + 60,
    });
  });

  test.each<[string, unknown, readonly string[]]>([
    ["what is no on-failure record", EVENT, ["malformed_event"]],
    ["an event that S3 never sent", onFailure({ event: "?" }), ["malformed_event"]],
    ["a record without identity", onFailure({ event: { Records: [{}] } }), ["malformed_event"]],
    ["what the processor ignores", onFailure({ event: eventOf("other/a.jpg") }), ["ignored key outside uploads/"]],
  ])("logs %s, and does not throw", async (_, event, words) => {
    const store = new OneItemStore();
    const { telemetry, error } = await record(event, store);
    expect(error).toBeUndefined();
    expect(telemetry.words).toEqual(words);
    expect(store.updates).toEqual([]);
  });

  test("throws after the last record when the table did not answer", async () => {
    const tried: string[] = [];
    const failing: RecordStore = {
      update: () => Promise.reject(new Error("unreached")),
      read: async ({ imageId }) => {
        tried.push(imageId);
        throw new Error("no answer");
      },
    };
    const event = { Records: [recordOf("uploads/a.jpg"), {}, recordOf("uploads/b.jpg")] };
    const { error } = await record(onFailure({ event }), failing);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toHaveLength(2);
    expect(new Set(tried).size).toBe(2);
  });
});

describe("recordFailedMessage", () => {
  const message = { messageId: FAILED, body: JSON.stringify(EVENT) };
  const recordMessage = async (records: RecordStore, body = message.body) => {
    const telemetry = new RecordingTelemetry();
    const { invocation } = invocationOf("request-recorder");
    const recorder = { records, telemetry, clock: { now: () => NOW_MS }, sourceBucket: "photos", recordTtlSeconds: 60 };
    const error: unknown = await recordFailedMessage({ ...message, body }, invocation, recorder).catch(
      (thrown: unknown) => thrown,
    );
    return { telemetry, error };
  };
  const pending = itemOf({
    processingStatus: "pending",
    leaseOwner: FAILED,
    errorCode: "S3_ERROR",
    errorMessage: "S3 did not answer",
  });

  test.each<[string, ImageRecord | undefined, string, string]>([
    ["waits for another attempt", pending, "S3_ERROR", "S3 did not answer"],
    ["was left by a dead attempt", abandoned, "RUNTIME_CRASH", "the function died, for want of memory or of time"],
    [
      "was left by a dead attempt after a failed one",
      itemOf({ ...pending, processingStatus: "processing", leaseExpiresAt: DEADLINE_MS }),
      "RUNTIME_CRASH",
      "the function died",
    ],
    ["does not exist", undefined, "RETRIES_EXHAUSTED", "the event was not processed"],
  ])("takes the reason from the record that %s", async (_, item, code, detail) => {
    const records = new OneItemStore(item);
    const { telemetry, error } = await recordMessage(records);
    expect(error).toBeUndefined();
    expect(records.item).toMatchObject({ processingStatus: "failed", errorCode: code });
    expect(records.item?.errorMessage).toContain(detail);
    expect(telemetry.words).toEqual([`recorded_failed ${code.toLowerCase()}`]);
  });

  test("leaves alone what another message's attempt holds or has finished", async () => {
    for (const attributes of [
      { leaseOwner: "another", leaseExpiresAt: DEADLINE_MS },
      { processingStatus: "completed" as const },
    ]) {
      const item = itemOf({ ...abandoned, ...attributes });
      const records = new OneItemStore(item);
      expect((await recordMessage(records)).telemetry.words).toEqual(["recorder_noop"]);
      expect(records.item).toEqual(item);
    }
  });

  test.each(["no JSON", '{"hello":1}'])("logs a body that is no event: %s", async (body) => {
    const { telemetry, error } = await recordMessage(new OneItemStore(), body);
    expect(error).toBeUndefined();
    expect(telemetry.words).toEqual(["malformed_event"]);
  });
});
