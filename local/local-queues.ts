import { join } from "node:path";
import { MAX_RECEIVES, VISIBILITY_TIME_LIMITS } from "../contract/names";
import { MessageQueue } from "./aws/sqs/message-queue";
import { NAMES } from "./local-account";
import { type LocalFunctionsOptions, RECORDER_TIMEOUT_SECONDS } from "./local-functions";

const MS_PER_SECOND = 1000;
const MS_PER_DAY = 86_400_000;

export interface LocalQueues {
  readonly deadLetterQueue: MessageQueue;
  /** Only where uploads wait in a queue. */
  readonly queued?: QueuedUploads;
  /** All of them, by their names. */
  readonly byName: ReadonlyMap<string, MessageQueue>;
}

export interface QueuedUploads {
  readonly uploadQueue: MessageQueue;
  readonly failedQueue: MessageQueue;
}

/** Opens the queues of the stack, with their times scaled. */
export async function openLocalQueues(options: LocalFunctionsOptions): Promise<LocalQueues> {
  const deadLetterQueue = await MessageQueue.open({ directory: join(options.directory, "dead-letters") });
  const queued = options.settings.uploadTrigger === "queue" ? await openQueuedUploads(options) : undefined;
  return {
    deadLetterQueue,
    queued,
    byName: new Map([
      [NAMES.deadLetterQueue, deadLetterQueue],
      ...(queued
        ? ([
            [NAMES.uploadQueue, queued.uploadQueue],
            [NAMES.failedQueue, queued.failedQueue],
          ] as const)
        : []),
    ]),
  };
}

async function openQueuedUploads({ directory, settings, timeScale }: LocalFunctionsOptions): Promise<QueuedUploads> {
  const visibilityMs = (timeoutSeconds: number) => VISIBILITY_TIME_LIMITS * timeoutSeconds * MS_PER_SECOND * timeScale;
  const failedQueue = await MessageQueue.open({
    directory: join(directory, "failed-uploads"),
    visibilityTimeoutMs: visibilityMs(RECORDER_TIMEOUT_SECONDS),
  });
  const uploadQueue = await MessageQueue.open({
    directory: join(directory, "waiting-uploads"),
    visibilityTimeoutMs: visibilityMs(settings.timeoutSeconds),
    retentionMs: settings.queueRetentionDays * MS_PER_DAY * timeScale,
    redrive: { queue: failedQueue, maxReceiveCount: MAX_RECEIVES },
  });
  return { uploadQueue, failedQueue };
}
