import type { ErrorCode } from "../../contract/error-codes";
import {
  BOTH_TRIGGERS,
  byTrigger,
  expectOutcome,
  photo,
  requests,
  said,
  settled,
  upload,
  withPipeline,
} from "../support/fault-scenario";
import { HOSTILE_IMAGES } from "../support/hostile-images";
import { thoroughTest } from "../support/thorough";

jest.setTimeout(90_000);

const metric = (logs: readonly Readonly<Record<string, unknown>>[], name: string): unknown[] =>
  logs.flatMap((line) => (line._aws === undefined || line[name] === undefined ? [] : [line[name]].flat()));

describe("a file that is no image", () => {
  const files: readonly (readonly [string, () => Promise<Buffer>, ErrorCode])[] = [
    ["poison", async () => (await photo()).subarray(0, 200), "DECODE_ERROR"],
    ["empty", async () => Buffer.alloc(0), "EMPTY"],
    ["HTML named .jpg", async () => Buffer.from("<!doctype html><title>404</title>"), "UNSUPPORTED_FORMAT"],
  ];

  test.concurrent.each(byTrigger(files, 1, 1))(
    "%s: %s: failed at once, counted, not retried",
    (trigger, _, bytes, code) =>
      withPipeline({ trigger }, async (pipeline) => {
        await upload(pipeline, await bytes());
        await settled(pipeline);
        const outcome = { code, attempts: 1, previews: 0, deadLetters: 0, log: "image_rejected" } as const;
        await expectOutcome(pipeline, { status: "failed", ...outcome });
        expect(said(pipeline.processor, code.toLowerCase())).toBe(true);
        expect(metric(pipeline.processor.logs, "ImagesRejected")).toEqual([1]);
        expect(pipeline.processor.started).toBe(1);
        expect(requests(pipeline.processor)).not.toContain("PutObject");
      }),
  );
});

thoroughTest.each(BOTH_TRIGGERS)("%s: bombs are refused from their headers, in under 200 MB", (trigger) =>
  withPipeline({ trigger, concurrency: 1 }, async (pipeline) => {
    const bombs = HOSTILE_IMAGES.filter(({ code }) => code === "PIXEL_LIMIT");
    for (const [index, bomb] of bombs.entries()) await upload(pipeline, await bomb.bytes(), `uploads/mallory/${index}`);
    await settled(pipeline);

    const records = await pipeline.records();
    const codes = bombs.map(({ name }, index) => {
      const record = records.find(({ originalKey }) => originalKey === `uploads/mallory/${index}`);
      return { name, status: record?.processingStatus, code: record?.errorCode, attempts: record?.attempts };
    });
    expect(codes).toEqual(bombs.map(({ name }) => ({ name, status: "failed", code: "PIXEL_LIMIT", attempts: 1 })));
    expect(bombs.length).toBeGreaterThan(5);
    for (const { maxMemoryUsedMb, outcome } of pipeline.processor.invocations) {
      expect(outcome.kind).toBe("result");
      expect(maxMemoryUsedMb).toBeLessThan(200);
    }
    // One container served them all: no count of one invocation runs into the next.
    expect(metric(pipeline.processor.logs, "ImagesRejected")).toEqual(bombs.map(() => 1));
    expect(await pipeline.previewKeys()).toEqual([]);
    expect(await pipeline.deadLetterQueue.count()).toBe(0);
  }),
);
