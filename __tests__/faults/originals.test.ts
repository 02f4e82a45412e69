import type { FunctionFaults } from "../../checks/faults/watched-function";
import type { Fault } from "../../local/faults/fault";
import {
  BOTH_TRIGGERS,
  byTrigger,
  count,
  expectOutcome,
  KEY,
  keepEvents,
  photo,
  requests,
  said,
  settled,
  upload,
  withPipeline,
} from "../support/fault-scenario";
import { thoroughScenario, thoroughTest } from "../support/thorough";

jest.setTimeout(90_000);

/** The fault hits every GET of these invocations: the SDK itself asks again within one. */
const onGet = (fault: Fault, invocations: readonly number[]): FunctionFaults => ({
  onCall: ({ operation }, invocation) =>
    operation === "GetObject" && invocations.includes(invocation) ? fault : undefined,
});
const answer = (status: number, code: string): Fault => ({ kind: "answer", status, code });
const ALWAYS = [1, 2, 3];

describe("when the original cannot be read", () => {
  test.concurrent.each(
    byTrigger(
      [
        ["404", answer(404, "NoSuchKey"), "SOURCE_NOT_FOUND", "source_not_found"],
        ["412", answer(412, "PreconditionFailed"), "SUPERSEDED", "superseded"],
        ["403 of an archive", answer(403, "InvalidObjectState"), "ARCHIVED", "archived"],
      ] as const,
      2,
      3,
    ),
  )("%s: %s is permanent and takes one attempt", (trigger, _, fault, code, log) =>
    withPipeline({ trigger, processor: onGet(fault, ALWAYS) }, async (pipeline) => {
      await upload(pipeline, await photo());
      await settled(pipeline);
      await expectOutcome(pipeline, { status: "failed", code, attempts: 1, previews: 0, deadLetters: 0, log });
      expect(requests(pipeline.processor)).toEqual(["UpdateItem processing", "GetObject", "UpdateItem failed"]);
    }),
  );

  test.concurrent.each(
    byTrigger(
      [
        ["403", answer(403, "AccessDenied"), "ACCESS_DENIED", "access_denied", 3],
        ["500", answer(500, "InternalError"), "S3_ERROR", "s3_error", 9],
      ] as const,
      2,
      1,
    ),
  )("%s: %s in every attempt is recorded in the end", (trigger, _, fault, code, log, gets) =>
    withPipeline({ trigger, processor: onGet(fault, ALWAYS) }, async (pipeline) => {
      await upload(pipeline, await photo());
      await settled(pipeline);
      const outcome = { code, attempts: 3, previews: 0, deadLetters: 1, recorded: true, log } as const;
      await expectOutcome(pipeline, { status: "failed", ...outcome });
      expect(count(requests(pipeline.processor), "GetObject")).toBe(gets);
    }),
  );

  test.concurrent.each(
    byTrigger(
      [
        ["503", answer(503, "SlowDown"), "retryable", 4],
        ["a body that is cut short", { kind: "cut", afterBytes: 1000 } satisfies Fault, "short_read", 2],
        ["a connection that breaks", { kind: "dropReply" } satisfies Fault, "s3_error", 4],
      ] as const,
      2,
      1,
    ),
  )("%s: %s once is made good by the next attempt", (trigger, _, fault, log, gets) =>
    withPipeline({ trigger, processor: onGet(fault, [1]) }, async (pipeline) => {
      await upload(pipeline, await photo());
      await settled(pipeline);
      await expectOutcome(pipeline, { status: "completed", attempts: 2, previews: 3, deadLetters: 0, log });
      expect(count(requests(pipeline.processor), "GetObject")).toBe(gets);
    }),
  );
});

describe("when the body has another length than the event says", () => {
  test.concurrent.each(
    byTrigger(
      [
        ["fewer", 1],
        ["more", -1],
      ] as const,
      1,
    ),
  )("%s: %s bytes under the same ETag are a read that went wrong", (trigger, _, difference) => {
    const { events, onUpload } = keepEvents();
    return withPipeline({ trigger, onUpload }, async (pipeline) => {
      const body = await photo();
      await upload(pipeline, body);
      const [record] = events[0]?.Records ?? [];
      const size = body.length + difference;
      await pipeline.deliver({
        Records: [record && { ...record, s3: { ...record.s3, object: { ...record.s3.object, size } } }],
      });
      await settled(pipeline);
      const outcome = { code: "SHORT_READ", attempts: 3, previews: 0, deadLetters: 1, recorded: true } as const;
      await expectOutcome(pipeline, { status: "failed", ...outcome, log: "short_read" });
    });
  });
});

describe("when the body is larger than the event says and than the limit", () => {
  const MAX_BYTES = 1_000_000;
  // More than the buffers of two connections hold.
  const BODY_BYTES = 48_000_000;

  thoroughScenario.each(
    byTrigger(
      [
        ["Content-Length says so", undefined],
        ["only the bytes say so", { kind: "withoutLength" } satisfies Fault],
      ] as const,
      1,
    ),
  )("%s: %s: TOO_LARGE, and the rest is not read", (trigger, _, fault) => {
    const { events, onUpload } = keepEvents();
    const processor = fault && onGet(fault, ALWAYS);
    const environment = { MAX_IMAGE_SIZE: String(MAX_BYTES) };
    return withPipeline({ trigger, processor, environment, onUpload }, async (pipeline) => {
      await upload(pipeline, Buffer.alloc(BODY_BYTES, "x"), KEY);
      const [record] = events[0]?.Records ?? [];
      await pipeline.deliver({
        Records: [record && { ...record, s3: { ...record.s3, object: { ...record.s3.object, size: 1000 } } }],
      });
      await settled(pipeline);
      const outcome = { code: "TOO_LARGE", attempts: 1, previews: 0, deadLetters: 0, log: "image_rejected" } as const;
      await expectOutcome(pipeline, { status: "failed", ...outcome });
      expect(said(pipeline.processor, "too_large")).toBe(true);
      const get = pipeline.processor.calls.find(({ operation }) => operation === "GetObject");
      expect(get?.bytes).toBeLessThan(BODY_BYTES / 2);
    });
  });
});

/** Last and by itself: beside other scenarios a busy machine may reach Lambda's limit before the function's own deadline. */
describe("when the body of the original stands still", () => {
  thoroughTest.each(BOTH_TRIGGERS)("%s: a body that stalls in every attempt ends as DEADLINE", (trigger) =>
    withPipeline(
      { trigger, timeoutSeconds: 3, processor: onGet({ kind: "stall", afterBytes: 1000 }, ALWAYS) },
      async (pipeline) => {
        await upload(pipeline, await photo());
        await settled(pipeline);
        await expectOutcome(pipeline, {
          status: "failed",
          code: "DEADLINE",
          attempts: 3,
          previews: 0,
          deadLetters: 1,
          recorded: true,
          log: "deadline",
        });
        // By its own deadline: Lambda's limit would have ended it with another error.
        for (const { outcome } of pipeline.processor.invocations)
          expect(outcome).toMatchObject({ kind: "error", error: { errorType: "AggregateError" } });
      },
    ),
  );
});
