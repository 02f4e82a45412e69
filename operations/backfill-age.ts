import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { Pipeline } from "./pipeline-clients";

/** Beyond the age of an event and all its retries: what has no record by then gets none by itself. */
export const MIN_AGE_SECONDS = 2 * 3600;
/** SQS counts approximately: one answer may miss a message. */
const READS = 3;
const BETWEEN_READS_MS = 1000;

export interface WantedAge {
  /** The age from which on objects are sent. Without it the least one. */
  readonly olderThanSeconds?: number;
  /** Lowers the least age, as far as it can be lowered. */
  readonly minAgeSeconds?: number;
}

export type BackfillAge =
  | { readonly kind: "allowed"; readonly seconds: number }
  | { readonly kind: "too_young"; readonly leastSeconds: number }
  | { readonly kind: "queue_not_empty"; readonly leastSeconds: number; readonly messages: number };

/**
 * How old an object must be so that its own event does not wait any more: where uploads go through a queue, as old as the queue
 * keeps messages, unless nothing waits there. A younger object could get a second record.
 */
export async function backfillAge(
  { olderThanSeconds, minAgeSeconds }: WantedAge,
  pipeline: Pipeline,
  signal?: AbortSignal,
): Promise<BackfillAge> {
  const wanted = olderThanSeconds ?? minAgeSeconds;
  const lowered = minAgeSeconds ?? Number.POSITIVE_INFINITY;
  if (Math.min(wanted ?? MIN_AGE_SECONDS, lowered) < MIN_AGE_SECONDS)
    return { kind: "too_young", leastSeconds: MIN_AGE_SECONDS };
  const leastSeconds = Math.max(MIN_AGE_SECONDS, await retentionSeconds(pipeline, signal));
  if (wanted === undefined || wanted >= leastSeconds) return { kind: "allowed", seconds: wanted ?? leastSeconds };
  if (wanted < lowered) return { kind: "too_young", leastSeconds: Math.min(leastSeconds, lowered) };
  const messages = await mostMessages(pipeline, signal);
  if (messages > 0) return { kind: "queue_not_empty", leastSeconds, messages };
  return { kind: "allowed", seconds: wanted };
}

async function retentionSeconds(pipeline: Pipeline, signal?: AbortSignal): Promise<number> {
  if (pipeline.uploadQueueUrl === undefined) return 0;
  const { MessageRetentionPeriod } = await readAttributes(["MessageRetentionPeriod"], pipeline, signal);
  return Number(MessageRetentionPeriod);
}

/** The most messages that the upload queue admits to in some reads. */
async function mostMessages(pipeline: Pipeline, signal?: AbortSignal): Promise<number> {
  let most = 0;
  for (let read = 0; read < READS && most === 0; read += 1) {
    if (read > 0) await pipeline.clock.wait(BETWEEN_READS_MS, signal);
    const counts = await readAttributes(
      ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"],
      pipeline,
      signal,
    );
    most = Object.values(counts).reduce((sum, count) => sum + Number(count), 0);
  }
  return most;
}

type AttributeName = NonNullable<ConstructorParameters<typeof GetQueueAttributesCommand>[0]["AttributeNames"]>[number];

async function readAttributes(
  AttributeNames: AttributeName[],
  { sqs, uploadQueueUrl }: Pipeline,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const command = new GetQueueAttributesCommand({ QueueUrl: uploadQueueUrl, AttributeNames });
  const { Attributes } = await sqs.send(command, { abortSignal: signal });
  const missing = AttributeNames.filter((name) => !/^\d+$/.test(Attributes?.[name] ?? ""));
  if (missing.length > 0) throw new Error(`SQS must tell ${missing.join(", ")} of the upload queue, got nothing`);
  return Attributes ?? {};
}
