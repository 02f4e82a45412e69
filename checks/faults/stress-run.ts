import { setTimeout as delay } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { S3Event } from "aws-lambda";
import sharp from "sharp";
import type { LambdaBundles } from "../../contract/deployment";
import { findViolations, type Violations } from "./stress-verdict";
import type { StressRates } from "./upload-plan";
import { imageIdIn, UploadPlans } from "./upload-plan";
import { startWatchedPipeline, type WatchedPipeline } from "./watched-pipeline";

export interface StressOptions extends StressRates {
  readonly uploads: number;
  /** Uploads at once, and sandboxes at once. */
  readonly concurrency: number;
  readonly directory: string;
  readonly bundles: LambdaBundles;
  readonly signal: AbortSignal;
  readonly onProgress: (sentence: string) => void;
}

export interface StressReport {
  readonly uploads: number;
  readonly seconds: number;
  readonly uploadsPerSecond: number;
  /** Events given to the processor, replays not counted. */
  readonly deliveries: number;
  readonly invocations: number;
  readonly incidents: Readonly<Record<string, number>>;
  readonly records: Readonly<Record<string, number>>;
  readonly deadLetters: number;
  /** Before and after every dead letter was replayed without faults. */
  readonly violations: Violations;
  readonly violationsAfterReplay: Violations & { readonly incomplete: readonly string[] };
  readonly troubles: readonly string[];
}

/** Lambda's minute becomes 1.2 s; events waiting longer than 72 s would be too old. */
const TIME_SCALE = 0.02;
/** Events waiting for each sandbox at most, so that none grows old. */
const BACKLOG_PER_SANDBOX = 10;
const LATER_AFTER_UPLOADS = 50;
const PROGRESS_EVERY_MS = 2000;

export async function runUploadStress(options: StressOptions): Promise<StressReport> {
  const run = new StressRun(options);
  return run.execute();
}

class StressRun {
  readonly #plans: UploadPlans;
  readonly #later: { readonly afterUpload: number; readonly event: S3Event }[] = [];
  #uploaded = 0;
  #deliveries = 0;
  #faultsOn = true;

  #reportedAt = 0;

  constructor(private readonly options: StressOptions) {
    this.#plans = new UploadPlans(options);
  }

  async execute(): Promise<StressReport> {
    const pipeline = await startWatchedPipeline({
      directory: this.options.directory,
      bundles: this.options.bundles,
      timeScale: TIME_SCALE,
      concurrency: this.options.concurrency,
      processor: { onCall: (call) => (this.#faultsOn ? this.#plans.planOf(call)?.strike(call) : undefined) },
      onUpload: (event) => this.#announce(event, pipeline),
    });
    try {
      return await this.#stress(pipeline);
    } finally {
      await pipeline.close();
    }
  }

  async #stress(pipeline: WatchedPipeline): Promise<StressReport> {
    const startedAt = performance.now();
    const image = await sharp({ create: { width: 160, height: 120, channels: 3, background: "#4080c0" } })
      .jpeg()
      .toBuffer();
    await this.#uploadAll(pipeline, image);
    await this.#untilBacklog(pipeline, 0);
    const seconds = (performance.now() - startedAt) / 1000;
    const first = await this.#examine(pipeline);
    const invocations = pipeline.processor.started;
    const deadLetters = await this.#replay(pipeline);
    const last = await this.#examine(pipeline);
    return {
      uploads: this.options.uploads,
      seconds: Math.round(seconds * 10) / 10,
      uploadsPerSecond: Math.round(this.options.uploads / seconds),
      deliveries: this.#deliveries,
      invocations,
      incidents: this.#plans.incidents,
      records: first.counts,
      deadLetters,
      violations: first.violations,
      violationsAfterReplay: { ...last.violations, incomplete: last.incomplete },
      troubles: pipeline.troubles,
    };
  }

  /** The event of an upload, delivered as often as its plan says; accepted before the upload is acknowledged. */
  async #announce(event: S3Event, pipeline: WatchedPipeline): Promise<void> {
    const plan = this.#plans.add(event);
    await this.#deliver(event, pipeline);
    if (plan.repetition === "at once") await this.#deliver(event, pipeline);
    if (plan.repetition === "later") this.#later.push({ afterUpload: plan.number + LATER_AFTER_UPLOADS, event });
  }

  async #deliver(event: S3Event, pipeline: WatchedPipeline): Promise<void> {
    this.#deliveries += 1;
    await pipeline.deliver(event);
  }

  async #uploadAll(pipeline: WatchedPipeline, image: Buffer): Promise<void> {
    const { uploads, concurrency } = this.options;
    let next = 0;
    const uploader = async (): Promise<void> => {
      while (next < uploads) {
        const number = next++;
        await this.#untilBacklog(pipeline, concurrency * BACKLOG_PER_SANDBOX);
        const Key = `uploads/user-${number % 100}/${number}.jpg`;
        await pipeline.s3.send(
          new PutObjectCommand({ Bucket: pipeline.sourceBucket, Key, Body: withComment(image, `upload ${number}`) }),
        );
        this.#uploaded += 1;
        await this.#repeatLater(pipeline, this.#uploaded);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, uploader));
    await this.#repeatLater(pipeline, Number.POSITIVE_INFINITY);
  }

  async #repeatLater(pipeline: WatchedPipeline, uploaded: number): Promise<void> {
    const due = this.#later.filter(({ afterUpload }) => afterUpload <= uploaded);
    for (const repetition of due) this.#later.splice(this.#later.indexOf(repetition), 1);
    for (const { event } of due) await this.#deliver(event, pipeline);
  }

  async #untilBacklog(pipeline: WatchedPipeline, atMost: number): Promise<void> {
    while (pipeline.backlog > atMost) {
      await delay(5, undefined, { signal: this.options.signal });
      this.#progress(pipeline);
    }
    this.options.signal.throwIfAborted();
  }

  #progress(pipeline: WatchedPipeline): void {
    if (performance.now() - this.#reportedAt < PROGRESS_EVERY_MS) return;
    this.#reportedAt = performance.now();
    const { uploads, onProgress } = this.options;
    onProgress(`${this.#uploaded} of ${uploads} uploaded, ${pipeline.backlog} events under way`);
  }

  async #examine(pipeline: WatchedPipeline) {
    const records = await pipeline.records();
    const letters = await pipeline.deadLetterQueue.list();
    const violations = findViolations({
      uploaded: this.#plans.imageIds,
      records,
      previewKeys: new Set(await pipeline.previewKeys()),
      deadLetters: letters.map(({ body }) => imageIdIn(JSON.parse(body) as S3Event)),
    });
    const counts: Record<string, number> = {};
    for (const { processingStatus } of records) counts[processingStatus] = (counts[processingStatus] ?? 0) + 1;
    const incomplete = records.flatMap((record) => (record.processingStatus === "completed" ? [] : [record.imageId]));
    return { violations, counts, incomplete };
  }

  /** What an operator does once the cause is gone. Returns how many messages there were. */
  async #replay(pipeline: WatchedPipeline): Promise<number> {
    this.#faultsOn = false;
    const letters = await pipeline.deadLetterQueue.receive({ maximum: Number.POSITIVE_INFINITY });
    for (const { receiptHandle, body } of letters) {
      await pipeline.deliver(JSON.parse(body));
      await pipeline.deadLetterQueue.delete(receiptHandle);
    }
    await this.#untilBacklog(pipeline, 0);
    return letters.length;
  }
}

/** The same picture in other bytes: a comment segment after the start of a JPEG. */
function withComment(jpeg: Buffer, text: string): Buffer {
  const segment = Buffer.from(`\xff\xfe\0\0${text}`, "latin1");
  segment.writeUInt16BE(text.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}
