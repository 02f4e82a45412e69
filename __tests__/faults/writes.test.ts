import type { Fault } from "../../local/faults/fault";
import type { WireCall } from "../../local/faults/wire-call";
import {
  BOTH_TRIGGERS,
  byTrigger,
  count,
  expectOutcome,
  gate,
  keepEvents,
  onlyRecord,
  photo,
  requests,
  settled,
  TRIGGERS,
  upload,
  withPipeline,
} from "../support/fault-scenario";
import { thoroughScenario } from "../support/thorough";
import { waitUntil } from "../support/wait-until";

jest.setTimeout(90_000);

const SLOW_DOWN: Fault = { kind: "answer", status: 503, code: "SlowDown" };
const DROP_REPLY: Fault = { kind: "dropReply" };
const isPut = ({ operation }: WireCall): boolean => operation === "PutObject";

describe("when a preview cannot be written", () => {
  thoroughScenario.each(BOTH_TRIGGERS)("%s: 503 always is recorded, and no preview is referenced", (trigger) =>
    withPipeline(
      { trigger, processor: { onCall: (call) => (isPut(call) ? SLOW_DOWN : undefined) } },
      async (pipeline) => {
        await upload(pipeline, await photo());
        await settled(pipeline);
        const outcome = { code: "S3_ERROR", attempts: 3, previews: 0, deadLetters: 1 } as const;
        const record = await expectOutcome(pipeline, { status: "failed", ...outcome, recorded: true, log: "s3_error" });
        expect(record).not.toHaveProperty("previews");
      },
    ),
  );

  thoroughScenario.each(BOTH_TRIGGERS)("%s: 503 once is made good by the next attempt", (trigger) =>
    withPipeline(
      {
        trigger,
        processor: { onCall: (call, invocation) => (isPut(call) && invocation === 1 ? SLOW_DOWN : undefined) },
      },
      async (pipeline) => {
        await upload(pipeline, await photo());
        await settled(pipeline);
        const outcome = { attempts: 2, previews: 3, deadLetters: 0, log: "retryable" } as const;
        await expectOutcome(pipeline, { status: "completed", ...outcome });
        expect(count(requests(pipeline.processor), "PutObject")).toBe(3 * 3 + 3);
      },
    ),
  );
});

describe("when the table does not answer", () => {
  test.concurrent.each(
    byTrigger(
      [
        ["ProvisionedThroughputExceededException", 400],
        ["ThrottlingException", 400],
        ["InternalServerError", 500],
      ] as const,
      1,
      1,
    ),
  )("%s: %s to the claim: nothing is read before the claim holds", (trigger, code, status) => {
    const onCall = ({ writes }: WireCall, invocation: number): Fault | undefined =>
      writes === "processing" && invocation === 1 ? { kind: "answer", status, code } : undefined;
    return withPipeline({ trigger, processor: { onCall } }, async (pipeline) => {
      await upload(pipeline, await photo());
      await settled(pipeline);
      const outcome = { attempts: 1, previews: 3, deadLetters: 0, log: "dynamodb_error" } as const;
      await expectOutcome(pipeline, { status: "completed", ...outcome });
      const claims = pipeline.processor.calls.filter(({ fault }) => fault === "answer");
      expect(claims).toHaveLength(4);
      expect(requests(pipeline.processor).slice(0, 6)).toEqual([
        ...Array(5).fill("UpdateItem processing"),
        "GetObject",
      ]);
    });
  });

  thoroughScenario.each(BOTH_TRIGGERS)(
    "%s: the commit applied, the first reply lost: the SDK asks again",
    (trigger) => {
      let lost = 0;
      const onCall = ({ writes }: WireCall) => (writes === "completed" && lost++ === 0 ? DROP_REPLY : undefined);
      return withPipeline({ trigger, processor: { onCall } }, async (pipeline) => {
        await upload(pipeline, await photo());
        await settled(pipeline);
        const outcome = { attempts: 1, previews: 3, deadLetters: 0, log: "duplicate_skipped" } as const;
        await expectOutcome(pipeline, { status: "completed", ...outcome });
        expect(pipeline.processor.started).toBe(1);
      });
    },
  );

  test.concurrent.each(TRIGGERS)(
    "%s: the commit applied, every reply of the invocation lost: the retry finds it done",
    (trigger) => {
      let committed = false;
      const onCall = ({ service, writes }: WireCall, invocation: number): Fault | undefined => {
        committed ||= writes === "completed";
        return committed && service === "dynamodb" && invocation === 1 ? DROP_REPLY : undefined;
      };
      return withPipeline({ trigger, processor: { onCall } }, async (pipeline) => {
        await upload(pipeline, await photo());
        await settled(pipeline);
        const outcome = { attempts: 1, previews: 3, deadLetters: 0, log: "duplicate_skipped" } as const;
        await expectOutcome(pipeline, { status: "completed", ...outcome });
        expect(pipeline.processor.started).toBe(2);
        expect(count(requests(pipeline.processor), "PutObject")).toBe(3);
      });
    },
  );
});

/**
 * Lambda may run one event twice under one request id. The first run stands before its commit while the second claims the
 * image: `commits` keeps the first run's commit, `reads` the second run's GET.
 */
function overtaking() {
  const commits = gate();
  const reads = gate();
  const first: { processId?: number } = {};
  const onCall = ({ operation, writes, processId }: WireCall): Fault | undefined => {
    first.processId ??= processId;
    if (processId === first.processId)
      return writes === "completed" ? { kind: "hold", until: commits.opened } : undefined;
    return operation === "GetObject" ? { kind: "hold", until: reads.opened } : undefined;
  };
  return { commits, reads, onCall };
}

describe("when the lease was lost before the commit", () => {
  thoroughScenario.each(["has finished", "is still at work"])("and the other owner %s, its result stands", (other) => {
    const { events, onUpload } = keepEvents();
    const { commits, reads, onCall } = overtaking();
    return withPipeline({ processor: { onCall }, onUpload }, async (pipeline) => {
      await upload(pipeline, await photo());
      const event = JSON.stringify(events[0]);
      const first = pipeline.invokeProcessor(event, "request");
      await waitUntil(() => requests(pipeline.processor).includes("UpdateItem completed"));
      const second = pipeline.invokeProcessor(event, "request");
      await waitUntil(() => count(requests(pipeline.processor), "GetObject") === 2);

      if (other === "has finished") {
        reads.open();
        expect((await second).outcome.kind).toBe("result");
        commits.open();
        expect((await first).outcome.kind).toBe("result");
      } else {
        commits.open();
        expect((await first).outcome).toMatchObject({ kind: "error", error: { errorType: "AggregateError" } });
        expect((await onlyRecord(pipeline)).processingStatus).toBe("processing");
        reads.open();
        expect((await second).outcome.kind).toBe("result");
      }
      await expectOutcome(pipeline, { status: "completed", attempts: 2, previews: 3, deadLetters: 0, log: "fenced" });
      expect(
        count(
          pipeline.processor.logs.map(({ message }) => message),
          "completed",
        ),
      ).toBe(1);
    });
  });

  test.concurrent.each(TRIGGERS)(
    "%s: a commit that arrives after its function was killed changes nothing",
    (trigger) => {
      const late = gate();
      const onCall = ({ writes, processId }: WireCall, invocation: number): Fault | undefined => {
        if (writes !== "completed" || invocation !== 1 || processId === undefined) return undefined;
        process.kill(processId, "SIGKILL");
        return { kind: "hold", until: late.opened };
      };
      return withPipeline({ trigger, processor: { onCall } }, async (pipeline) => {
        await upload(pipeline, await photo());
        await settled(pipeline);
        const outcome = { attempts: 2, previews: 3, deadLetters: 0, log: "completed" } as const;
        const before = await expectOutcome(pipeline, { status: "completed", ...outcome });
        late.open();
        const commit = pipeline.processor.calls.find(({ fault }) => fault === "hold");
        await waitUntil(() => commit?.status !== undefined);
        expect(commit?.status).toBe(400);
        expect(await onlyRecord(pipeline)).toEqual(before);
      });
    },
  );
});
