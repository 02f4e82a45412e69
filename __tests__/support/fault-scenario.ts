import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { S3Event } from "aws-lambda";
import { stageLocalBundles } from "../../bundling/stage-lambda-bundles";
import type { WatchedFunction } from "../../checks/faults/watched-function";
import {
  startWatchedPipeline,
  type WatchedPipeline,
  type WatchedPipelineOptions,
} from "../../checks/faults/watched-pipeline";
import { plain } from "../../checks/images/pictures";
import { UPLOAD_TRIGGERS } from "../../contract/names";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import { sampled, THOROUGH } from "./thorough";
import { waitUntil } from "./wait-until";

/** Lambda's minute between attempts becomes 0.3 s; time limits are not scaled, because images take their time. */
const TIME_SCALE = 0.005;
const bundles = stageLocalBundles();
export const KEY = "uploads/alice/photo.jpg";
export const photo = (): Promise<Buffer> => plain(1000, 800).jpeg().toBuffer();

/** What runs in either way whenever it runs. */
export const BOTH_TRIGGERS = UPLOAD_TRIGGERS;

/** Every scenario runs by invocation, in a thorough run also with a queue. */
export const TRIGGERS = sampled(BOTH_TRIGGERS, 1);

/**
 * Rows of a table with their trigger before them; of those that are alike, the queue gets the first ones. A quick run takes
 * only the first `quick` ones, by invocation.
 */
export const byTrigger = <T extends readonly unknown[]>(
  rows: readonly T[],
  queued = rows.length,
  quick = rows.length,
) => [
  ...sampled(rows, quick).map((row) => ["lambda", ...row] as const),
  ...rows.slice(0, THOROUGH ? queued : 0).map((row) => ["queue", ...row] as const),
];

/** Runs `work` with a system of its own, so that scenarios can run at once. */
export async function withPipeline<T>(
  options: Partial<WatchedPipelineOptions>,
  work: (pipeline: WatchedPipeline) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "fault-scenario-"));
  const pipeline = await startWatchedPipeline({ directory, bundles, timeScale: TIME_SCALE, ...options });
  try {
    const result = await work(pipeline);
    expect(pipeline.troubles).toEqual([]);
    return result;
  } finally {
    await pipeline.close();
    await rm(directory, { recursive: true, force: true });
  }
}

export const upload = async (pipeline: WatchedPipeline, body: Buffer, key = KEY): Promise<unknown> =>
  pipeline.s3.send(new PutObjectCommand({ Bucket: pipeline.sourceBucket, Key: key, Body: body }));

/** Uploads without delivering the events, which a scenario then delivers as it likes. */
export function keepEvents(): { readonly events: S3Event[]; readonly onUpload: (event: S3Event) => Promise<void> } {
  const events: S3Event[] = [];
  return { events, onUpload: async (event) => void events.push(event) };
}

/** Until every event is done with, by processor and recorder. */
export const settled = (pipeline: WatchedPipeline): Promise<void> => waitUntil(() => pipeline.backlog === 0, 60_000);

/** Whether a log line says the word, as its decision or as its reason. */
export const said = ({ logs }: WatchedFunction, word: string): boolean =>
  logs.some(({ message, reason }) => message === word || reason === word);

/** A promise that a scenario keeps when it is time. */
export function gate(): { readonly opened: () => Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened: () => opened, open };
}

/** Requests, in short: `GetObject` or `UpdateItem completed`. */
export const requests = ({ calls }: WatchedFunction): readonly string[] =>
  calls.map(({ operation, writes }) => (writes ? `${operation} ${writes}` : operation));

export const count = <T>(items: readonly T[], wanted: T): number => items.filter((item) => item === wanted).length;

export async function onlyRecord(pipeline: WatchedPipeline): Promise<ImageRecord> {
  const records = await pipeline.records();
  const [record] = records;
  if (records.length !== 1 || !record) throw new Error(`the table must hold one record, got ${records.length}`);
  return record;
}

export interface Outcome {
  readonly status: ImageRecord["processingStatus"];
  readonly code?: ImageRecord["errorCode"];
  readonly attempts?: number;
  /** Previews that the record references; exactly these exist. */
  readonly previews: 0 | 3;
  readonly deadLetters: 0 | 1;
  /** Whether the failure recorder wrote the record. */
  readonly recorded?: boolean;
  /** The word of the decision in the log of either function. */
  readonly log: string;
}

/** What holds after one upload, whatever broke in between. */
export async function expectOutcome(pipeline: WatchedPipeline, expected: Outcome): Promise<ImageRecord> {
  const record = await onlyRecord(pipeline);
  const referenced = Object.values(record.previews ?? {});
  expect({
    status: record.processingStatus,
    code: record.errorCode,
    previews: referenced.length,
    deadLetters: await pipeline.deadLetterQueue.count(),
    recorded: said(pipeline.recorder, "recorded_failed"),
  }).toEqual({
    status: expected.status,
    code: expected.code,
    previews: expected.previews,
    deadLetters: expected.deadLetters,
    recorded: expected.recorded ?? false,
  });
  if (expected.attempts !== undefined) expect(record.attempts).toBe(expected.attempts);
  expect([...(await pipeline.previewKeys())].sort()).toEqual(referenced.sort());
  expect(record.errorMessage === undefined).toBe(expected.status === "completed");
  expect([pipeline.processor, pipeline.recorder].some((lambda) => said(lambda, expected.log))).toBe(true);
  expect(await pipeline.recorderDeadLetters()).toEqual([]);
  return record;
}
