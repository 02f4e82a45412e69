import { join } from "node:path";
import {
  DEAD_LETTER_RETENTION_DAYS,
  FAILURE_RECORDER,
  QUEUED_UPLOADS,
  visibilityTimeoutSeconds,
} from "../contract/deployment";
import { MessageQueue } from "./aws/sqs/message-queue";
import { NAMES } from "./local-account";
import type { LocalFunctionsOptions } from "./local-functions";

const MS_PER_SECOND = 1000;
const MS_PER_DAY = 86_400_000;
/** Not scaled: what failed is still there tomorrow, however fast the rest runs. */
const FAILED_RETENTION_MS = DEAD_LETTER_RETENTION_DAYS * MS_PER_DAY;

export interface LocalQueues {
  readonly deadLetterQueue: MessageQueue;
  /** Only where uploads wait in a queue, or did until now. */
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
  const deadLetterQueue = await MessageQueue.open({
    directory: join(options.directory, "dead-letters"),
    retentionMs: FAILED_RETENTION_MS,
  });
  const queued = options.settings.UPLOAD_TRIGGER !== "lambda" ? await openQueuedUploads(options) : undefined;
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
  const visibilityMs = (timeoutSeconds: number) => visibilityTimeoutSeconds(timeoutSeconds) * MS_PER_SECOND * timeScale;
  const failedQueue = await MessageQueue.open({
    directory: join(directory, "failed-uploads"),
    retentionMs: FAILED_RETENTION_MS,
    visibilityTimeoutMs: visibilityMs(FAILURE_RECORDER.timeoutSeconds),
  });
  const uploadQueue = await MessageQueue.open({
    directory: join(directory, "waiting-uploads"),
    visibilityTimeoutMs: visibilityMs(settings.LAMBDA_TIMEOUT_S),
    retentionMs: settings.QUEUE_RETENTION_DAYS * MS_PER_DAY * timeScale,
    redrive: { queue: failedQueue, maxReceiveCount: QUEUED_UPLOADS.maxReceives },
  });
  return { uploadQueue, failedQueue };
}
