import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { WatchedPipeline } from "../../checks/faults/watched-pipeline";
import { distance, plain, samplesOf } from "../../checks/images/pictures";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { Fault } from "../../local/faults/fault";
import type { WireCall } from "../../local/faults/wire-call";
import {
  BOTH_TRIGGERS,
  byTrigger,
  count,
  expectOutcome,
  gate,
  KEY,
  keepEvents,
  onlyRecord,
  photo,
  requests,
  said,
  settled,
  TRIGGERS,
  upload,
  withPipeline,
} from "../support/fault-scenario";
import { thoroughScenario } from "../support/thorough";
import { waitUntil } from "../support/wait-until";

jest.setTimeout(90_000);

const INTERNAL_ERROR: Fault = { kind: "answer", status: 500, code: "InternalError" };
const isGet = ({ operation }: WireCall): boolean => operation === "GetObject";
const words = ({ processor }: WatchedPipeline): unknown[] => processor.logs.map(({ message }) => message);

describe("one upload delivered twice", () => {
  thoroughScenario.each(BOTH_TRIGGERS)(
    "%s: after completion: the record stays as it is, nothing is read or written",
    (trigger) => {
      const { events, onUpload } = keepEvents();
      return withPipeline({ trigger, onUpload }, async (pipeline) => {
        await upload(pipeline, await photo());
        await pipeline.deliver(events[0]);
        await settled(pipeline);
        const before = await onlyRecord(pipeline);
        const seen = pipeline.processor.calls.length;

        await pipeline.deliver(events[0]);
        await settled(pipeline);
        const outcome = { attempts: 1, previews: 3, deadLetters: 0, log: "duplicate_skipped" } as const;
        expect(await expectOutcome(pipeline, { status: "completed", ...outcome })).toEqual(before);
        expect(requests(pipeline.processor).slice(seen)).toEqual(["UpdateItem processing", "GetItem"]);
      });
    },
  );

  thoroughScenario.each(BOTH_TRIGGERS)(
    "%s: while another run holds the lease: throws, and finds it completed later",
    (trigger) => {
      const { events, onUpload } = keepEvents();
      const reading = gate();
      const onCall = (call: WireCall): Fault | undefined =>
        isGet(call) ? { kind: "hold", until: reading.opened } : undefined;
      return withPipeline({ trigger, processor: { onCall }, onUpload }, async (pipeline) => {
        await upload(pipeline, await photo());
        await pipeline.deliver(events[0]);
        await waitUntil(() => requests(pipeline.processor).includes("GetObject"));
        await pipeline.deliver(events[0]);
        await waitUntil(() => pipeline.processor.invocations.length === 1);
        expect(pipeline.processor.invocations[0]?.outcome.kind).toBe("error");
        expect((await onlyRecord(pipeline)).processingStatus).toBe("processing");

        reading.open();
        await settled(pipeline);
        const outcome = { attempts: 1, previews: 3, deadLetters: 0, log: "in_progress" } as const;
        await expectOutcome(pipeline, { status: "completed", ...outcome });
        expect(words(pipeline)).toEqual(expect.arrayContaining(["in_progress", "completed", "duplicate_skipped"]));
        expect(count(requests(pipeline.processor), "GetObject")).toBe(1);
      });
    },
  );

  test.concurrent.each(TRIGGERS)("%s: at once and once more: one item, three keys, one effect", (trigger) => {
    const { events, onUpload } = keepEvents();
    // Longer waits: three runs that start at once must not use up their attempts while one of them works.
    return withPipeline({ trigger, onUpload, timeScale: 0.02 }, async (pipeline) => {
      await upload(pipeline, await photo());
      await Promise.all([pipeline.deliver(events[0]), pipeline.deliver(events[0]), pipeline.deliver(events[0])]);
      await settled(pipeline);
      await pipeline.deliver(events[0]);
      await settled(pipeline);
      const outcome = { attempts: 1, previews: 3, deadLetters: 0, log: "duplicate_skipped" } as const;
      await expectOutcome(pipeline, { status: "completed", ...outcome });
      expect(count(words(pipeline), "completed")).toBe(1);
      expect(count(words(pipeline), "duplicate_skipped")).toBe(3);
      expect(count(requests(pipeline.processor), "PutObject")).toBe(3);
    });
  });
});

thoroughScenario.each(BOTH_TRIGGERS)(
  "%s: two uploads to one key, delivered in reverse: no newer bytes under the older id",
  (trigger) => {
    const { events, onUpload } = keepEvents();
    const red = { r: 220, g: 20, b: 20 };
    const blue = { r: 20, g: 20, b: 220 };
    return withPipeline({ trigger, onUpload }, async (pipeline) => {
      await upload(pipeline, await plain(900, 600, red).jpeg().toBuffer());
      await upload(pipeline, await plain(900, 600, blue).jpeg().toBuffer());
      await pipeline.deliver(events[1]);
      await settled(pipeline);
      await pipeline.deliver(events[0]);
      await settled(pipeline);

      const records = await pipeline.records();
      const bySequencer = (index: number) =>
        records.find(({ sequencer }) => sequencer === events[index]?.Records[0]?.s3.object.sequencer);
      const [older, newer] = [bySequencer(0), bySequencer(1)];
      expect(records).toHaveLength(2);
      expect(older).toMatchObject({ processingStatus: "failed", errorCode: "SUPERSEDED", originalKey: KEY });
      expect(older).not.toHaveProperty("previews");
      expect(newer).toMatchObject({ processingStatus: "completed", originalKey: KEY });
      const preview = await previewOf(pipeline, newer);
      expect(distance((await samplesOf(preview)).at(0.5, 0.5), [blue.r, blue.g, blue.b, 255])).toBeLessThan(10);
      expect(await pipeline.deadLetterQueue.count()).toBe(0);
    });
  },
);

async function previewOf({ s3, processedBucket }: WatchedPipeline, record: ImageRecord | undefined): Promise<Buffer> {
  const command = new GetObjectCommand({ Bucket: processedBucket, Key: record?.previews?.small });
  const { Body } = await s3.send(command);
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

test.concurrent.each(TRIGGERS)(
  "%s: one event with a good, a poison and a transient record: only the third is touched again",
  (trigger) => {
    const { events, onUpload } = keepEvents();
    const retry = gate();
    const key = (name: string): string => `uploads/alice/${name}.jpg`;
    const processor = {
      onCall: (call: WireCall, invocation: number) =>
        isGet(call) && call.key === key("transient") && invocation === 1 ? INTERNAL_ERROR : undefined,
      beforeInvocation: (invocation: number) => (invocation === 2 ? retry.opened() : undefined),
    };
    return withPipeline({ trigger, onUpload, processor }, async (pipeline) => {
      await upload(pipeline, await photo(), key("good"));
      await upload(pipeline, Buffer.from("\xff\xd8\xff no image", "latin1"), key("poison"));
      await upload(pipeline, await photo(), key("transient"));
      const statusOf = async (name: string) =>
        (await pipeline.records()).find(({ originalKey }) => originalKey === key(name));

      await pipeline.deliver({ Records: events.flatMap(({ Records }) => Records) });
      await waitUntil(() => pipeline.processor.invocations.length === 1, 30_000);
      expect(pipeline.processor.invocations[0]?.outcome.kind).toBe("error");
      const [good, poison] = [await statusOf("good"), await statusOf("poison")];
      expect(good?.processingStatus).toBe("completed");
      expect(poison).toMatchObject({ processingStatus: "failed", errorCode: "DECODE_ERROR", attempts: 1 });
      expect(await statusOf("transient")).toMatchObject({ processingStatus: "pending", errorCode: "S3_ERROR" });

      const seen = pipeline.processor.calls.length;
      retry.open();
      await settled(pipeline);
      expect(await statusOf("transient")).toMatchObject({ processingStatus: "completed", attempts: 2 });
      expect([await statusOf("good"), await statusOf("poison")]).toEqual([good, poison]);
      const objects = pipeline.processor.calls.slice(seen).filter(({ service }) => service === "s3");
      const third = await statusOf("transient");
      expect(objects.map((call) => call.key).sort()).toEqual(
        [key("transient"), ...Object.values(third?.previews ?? {})].sort(),
      );
      expect(await pipeline.deadLetterQueue.count()).toBe(0);
    });
  },
);

describe("a malformed", () => {
  thoroughScenario.each(BOTH_TRIGGERS)("%s: record makes no item and keeps no other from running", (trigger) => {
    const { events, onUpload } = keepEvents();
    return withPipeline({ trigger, onUpload }, async (pipeline) => {
      await upload(pipeline, await photo());
      await pipeline.deliver({ Records: [{ eventVersion: "2.1" }, ...(events[0]?.Records ?? [])] });
      await settled(pipeline);
      const outcome = { attempts: 1, previews: 3, deadLetters: 1, log: "malformed_event" } as const;
      await expectOutcome(pipeline, { status: "completed", ...outcome });
      expect(pipeline.processor.started).toBe(3);
      expect(said(pipeline.recorder, "recorder_noop")).toBe(true);
    });
  });

  test.concurrent.each(byTrigger([[{ hello: 1 }], [null], [{ Records: "none" }]] as const, 2, 1))(
    "%s: event makes no item: %j",
    (trigger, event) =>
      withPipeline({ trigger }, async (pipeline) => {
        await pipeline.deliver(event);
        await settled(pipeline);
        expect(await pipeline.records()).toEqual([]);
        expect(await pipeline.deadLetterQueue.count()).toBe(1);
        expect(said(pipeline.processor, "malformed_event")).toBe(true);
        expect(said(pipeline.recorder, "malformed_event")).toBe(true);
        expect(await pipeline.recorderDeadLetters()).toEqual([]);
      }),
  );
});

describe("after Lambda gave up", () => {
  test.concurrent.each(TRIGGERS)("%s: an event replayed from the queue completes the same item", (trigger) => {
    const onCall = (call: WireCall, invocation: number): Fault | undefined =>
      isGet(call) && invocation <= 3 ? INTERNAL_ERROR : undefined;
    return withPipeline({ trigger, processor: { onCall } }, async (pipeline) => {
      await upload(pipeline, await photo());
      await settled(pipeline);
      const failure = { code: "S3_ERROR", attempts: 3, previews: 0, deadLetters: 1, recorded: true } as const;
      const failed = await expectOutcome(pipeline, { status: "failed", ...failure, log: "recorded_failed" });

      const [letter] = await pipeline.deadLetterQueue.receive();
      if (!letter) throw new Error("the queue must hold a message");
      await pipeline.deliver(JSON.parse(letter.body));
      await pipeline.deadLetterQueue.delete(letter.receiptHandle);
      await settled(pipeline);
      const success = { attempts: 4, previews: 3, deadLetters: 0, recorded: true, log: "completed" } as const;
      const { imageId, timestamp } = await expectOutcome(pipeline, { status: "completed", ...success });
      expect({ imageId, timestamp }).toEqual({ imageId: failed.imageId, timestamp: failed.timestamp });
    });
  });

  thoroughScenario.each(BOTH_TRIGGERS)("%s: the recorder leaves alone what another delivery completed", (trigger) => {
    const { events, onUpload } = keepEvents();
    const recording = gate();
    const onCall = (call: WireCall, invocation: number): Fault | undefined =>
      isGet(call) && invocation <= 3 ? INTERNAL_ERROR : undefined;
    const recorder = { beforeInvocation: () => recording.opened() };
    return withPipeline({ trigger, onUpload, processor: { onCall }, recorder }, async (pipeline) => {
      await upload(pipeline, await photo());
      await pipeline.deliver(events[0]);
      await waitUntil(() => pipeline.recorder.started === 1, 30_000);
      await pipeline.deliver(events[0]);
      await waitUntil(() => pipeline.processor.invocations.length === 4, 30_000);
      const before = await onlyRecord(pipeline);

      recording.open();
      await settled(pipeline);
      const outcome = { attempts: 4, previews: 3, deadLetters: 1, log: "recorder_noop" } as const;
      expect(await expectOutcome(pipeline, { status: "completed", ...outcome })).toEqual(before);
    });
  });
});
