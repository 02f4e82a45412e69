import { plain } from "../../checks/images/pictures";
import { type Fault, forever } from "../../local/faults/fault";
import type { WireCall } from "../../local/faults/wire-call";
import {
  BOTH_TRIGGERS,
  byTrigger,
  expectOutcome,
  gate,
  onlyRecord,
  photo,
  requests,
  said,
  settled,
  upload,
  withPipeline,
} from "../support/fault-scenario";
import { thoroughScenario } from "../support/thorough";
import { waitUntil } from "../support/wait-until";

jest.setTimeout(90_000);

/** Three attempts that all die take their time on a busy machine, and must not grow too old for the next. */
const PATIENT = { timeScale: 0.02 };

const kill = ({ processId }: WireCall, signal: NodeJS.Signals = "SIGKILL"): void => {
  if (processId === undefined) throw new Error("the request must name its process");
  process.kill(processId, signal);
};

describe("a processor that dies in every attempt", () => {
  const codes = [
    ["lambda", "TIMEOUT"],
    // A queue is not told how an attempt ended.
    ["queue", "RUNTIME_CRASH"],
  ] as const;
  thoroughScenario.each(codes)("%s: at its hard time limit is recorded as %s", (trigger, code) => {
    // Frozen once its claim holds, so that its own deadline cannot help.
    const onCall = (call: WireCall): Fault => ({
      kind: "holdReply",
      until: () => {
        kill(call, "SIGSTOP");
        return forever();
      },
    });
    return withPipeline({ ...PATIENT, trigger, timeoutSeconds: 5, processor: { onCall } }, async (pipeline) => {
      await upload(pipeline, await photo());
      await settled(pipeline);
      const outcome = { code, attempts: 3, previews: 0, deadLetters: 1, recorded: true } as const;
      await expectOutcome(pipeline, { status: "failed", ...outcome, log: "recorded_failed" });
      for (const { outcome: ended } of pipeline.processor.invocations)
        expect(ended).toMatchObject({ kind: "error", error: { errorType: "Sandbox.Timedout" } });
    });
  });

  thoroughScenario.each(BOTH_TRIGGERS)("%s: of its memory limit is recorded as RUNTIME_CRASH", (trigger) => {
    const limits = { ...PATIENT, trigger, memoryMb: 160, environment: { MAX_IMAGE_SIZE: "200000000" } };
    // A busy machine looks at the memory late; until then nothing is recorded of a process that Lambda would have killed.
    const onCall = ({ writes }: WireCall): Fault | undefined =>
      writes === "failed" ? { kind: "hold", until: forever } : undefined;
    return withPipeline({ ...limits, processor: { onCall } }, async (pipeline) => {
      // 75 MB without compression, received and joined: no more fits beside Node.
      await upload(pipeline, await plain(5000, 5000).tiff({ compression: "none" }).toBuffer());
      await settled(pipeline);
      const outcome = { code: "RUNTIME_CRASH", attempts: 3, previews: 0, deadLetters: 1, recorded: true } as const;
      await expectOutcome(pipeline, { status: "failed", ...outcome, log: "recorded_failed" });
      for (const { outcome: ended, maxMemoryUsedMb } of pipeline.processor.invocations) {
        expect(ended).toMatchObject({ kind: "error", error: { errorType: "Runtime.ExitError" } });
        expect(maxMemoryUsedMb).toBeGreaterThan(limits.memoryMb);
      }
    });
  });
});

thoroughScenario("a picture that outlives the function's own deadline takes its process with it", () => {
  // libvips cannot be stopped: in the same process later images would wait behind it.
  const environment = { PREVIEW_FORMAT: "avif", PREVIEW_SIZES: "4096x4096,4095x4095,4094x4094" };
  return withPipeline({ ...PATIENT, timeoutSeconds: 4, environment }, async (pipeline) => {
    await upload(pipeline, await plain(4096, 4096).jpeg().toBuffer());
    await settled(pipeline);
    const outcome = { code: "RUNTIME_CRASH", attempts: 3, deadLetters: 1, recorded: true } as const;
    const record = await onlyRecord(pipeline);
    expect(record).toMatchObject({ processingStatus: "failed", errorCode: outcome.code, attempts: outcome.attempts });
    expect(said(pipeline.processor, "deadline")).toBe(true);
    // Lambda's limit would have ended it with another error.
    for (const { outcome: ended } of pipeline.processor.invocations)
      expect(ended).toMatchObject({ kind: "error", error: { errorType: "Runtime.ExitError" } });
  });
});

describe("a processor that is killed once", () => {
  const writes = (status: string) => (call: WireCall) => call.writes === status;
  const asksFor = (operation: string) => (call: WireCall) => call.operation === operation;
  const before = (call: WireCall): Fault => {
    kill(call);
    return { kind: "dropRequest" };
  };
  const after = (call: WireCall): Fault => ({
    kind: "holdReply",
    until: () => {
      kill(call);
      return forever();
    },
  });

  test.concurrent.each(
    byTrigger(
      [
        ["after its claim", writes("processing"), after, 2, "completed"],
        ["after its commit", writes("completed"), after, 1, "duplicate_skipped"],
        ["before its claim", writes("processing"), before, 1, "completed"],
        ["before its GET", asksFor("GetObject"), before, 2, "completed"],
        ["during its GET", asksFor("GetObject"), after, 2, "completed"],
        ["before a PUT", asksFor("PutObject"), before, 2, "completed"],
        ["after a PUT", asksFor("PutObject"), after, 2, "completed"],
        ["before its commit", writes("completed"), before, 2, "completed"],
      ] as const,
      2,
      1,
    ),
  )("%s: %s leaves the image to the next attempt", (trigger, _, isTheStep, strike, attempts, log) => {
    const onCall = (call: WireCall, invocation: number): Fault | undefined =>
      invocation === 1 && isTheStep(call) ? strike(call) : undefined;
    return withPipeline({ trigger, processor: { onCall } }, async (pipeline) => {
      await upload(pipeline, await photo());
      await settled(pipeline);
      await expectOutcome(pipeline, { status: "completed", attempts, previews: 3, deadLetters: 0, log });
      expect(pipeline.processor.started).toBe(2);
      expect(pipeline.processor.invocations[0]?.outcome).toMatchObject({ error: { errorType: "Runtime.ExitError" } });
    });
  });
});

thoroughScenario("an event that waited too long is recorded without ever having run", () => {
  const reading = gate();
  const onCall = ({ operation }: WireCall): Fault | undefined =>
    operation === "GetObject" ? { kind: "hold", until: reading.opened } : undefined;
  const MAXIMUM_AGE_MS = 1800;
  const waiting = "uploads/alice/waiting.jpg";
  return withPipeline(
    { processor: { onCall }, concurrency: 1, timeScale: MAXIMUM_AGE_MS / 3_600_000 },
    async (pipeline) => {
      await upload(pipeline, await photo());
      await waitUntil(() => requests(pipeline.processor).includes("GetObject"));
      await upload(pipeline, await photo(), waiting);
      const acceptedAt = Date.now();
      await waitUntil(() => Date.now() - acceptedAt > MAXIMUM_AGE_MS);
      reading.open();
      await settled(pipeline);

      const recordOf = async (key: string) => (await pipeline.records()).find((item) => item.originalKey === key);
      expect(await recordOf(waiting)).toMatchObject({
        processingStatus: "failed",
        errorCode: "EVENT_AGE_EXCEEDED",
        attempts: 0,
        userId: "alice",
      });
      expect(await pipeline.records()).toHaveLength(2);
      expect(pipeline.processor.started).toBe(1);
      expect(await pipeline.deadLetterQueue.count()).toBe(1);
      expect(pipeline.recorder.logs).toContainEqual(expect.objectContaining({ message: "recorded_failed" }));
    },
  );
});
