import { MalformedEvent, TransientFailure } from "../../../lambda-src/records/errors";
import { processEvent } from "../../../lambda-src/records/process-event";
import type { Upload } from "../../../lambda-src/records/upload-event";
import { eventOf, invocationOf, RecordingTelemetry, recordOf } from "../../support/pipeline-ports";

const { invocation } = invocationOf("request-1");

async function run(event: unknown, process: (upload: Upload) => Promise<void> = async () => {}) {
  const telemetry = new RecordingTelemetry();
  const keys: string[] = [];
  const error: unknown = await processEvent(event, invocation, "photos", telemetry, (upload) => {
    keys.push(upload.key);
    return process(upload);
  }).catch((thrown: unknown) => thrown);
  return { telemetry, keys, error };
}

describe("processEvent", () => {
  test("runs every upload, one after the other", async () => {
    let running = 0;
    const { keys, error } = await run(eventOf("uploads/a.jpg", "uploads/b.jpg"), async () => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      running -= 1;
    });
    expect(keys).toEqual(["uploads/a.jpg", "uploads/b.jpg"]);
    expect(error).toBeUndefined();
  });

  test("throws what must be retried after the last record, all of it", async () => {
    const failure = new TransientFailure("S3_ERROR", "slow down");
    const { keys, error } = await run(eventOf("uploads/a.jpg", "uploads/b.jpg", "uploads/c.jpg"), async ({ key }) => {
      if (key !== "uploads/b.jpg") throw failure;
    });
    expect(keys).toHaveLength(3);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toEqual([failure, failure]);
  });

  test("survives an upload whose processing throws at once", async () => {
    const { keys, error } = await run(eventOf("uploads/a.jpg", "uploads/b.jpg"), async ({ key }) => {
      if (key === "uploads/a.jpg") throw "no error at all";
    });
    expect(keys).toHaveLength(2);
    expect((error as AggregateError).errors).toEqual(["no error at all"]);
  });

  test("logs what is none of ours, and is content", async () => {
    const { telemetry, keys, error } = await run(eventOf("previews/a.jpg", "uploads/ann/"));
    expect(keys).toEqual([]);
    expect(error).toBeUndefined();
    expect(telemetry.words).toEqual(["ignored key outside uploads/", "ignored folder marker"]);
    expect(telemetry.decisions[0]?.fields).toMatchObject({ requestId: "request-1", key: "previews/a.jpg" });
  });

  test.each<[string, unknown]>([
    ["no event at all", null],
    ["another service's event", { detail: {} }],
    ["a record that names no object", { Records: [{ eventVersion: "2.1" }] }],
  ])("throws on %s, so that it ends in the dead letter queue", async (_, event) => {
    const { telemetry, error } = await run(event);
    expect(telemetry.words).toEqual(["malformed_event"]);
    expect((error as AggregateError).errors).toEqual([expect.any(MalformedEvent)]);
  });

  test("runs the other records beside a malformed one", async () => {
    const { keys, error } = await run({ Records: [recordOf("uploads/a.jpg"), {}, recordOf("uploads/b.jpg")] });
    expect(keys).toEqual(["uploads/a.jpg", "uploads/b.jpg"]);
    expect((error as AggregateError).errors).toHaveLength(1);
  });
});
