import { join } from "node:path";
import { ASYNCHRONOUS_INVOCATION, QUEUED_UPLOADS, visibilityTimeoutSeconds } from "../../contract/deployment";
import { resourceNames, type UploadTriggerKind } from "../../contract/names";
import { AsynchronousInvoker, type InvocationTarget } from "../../local/aws/lambda/asynchronous-invoker";
import { QueueConsumer } from "../../local/aws/lambda/queue-consumer";
import { MessageQueue } from "../../local/aws/sqs/message-queue";

const MS_PER_SECOND = 1000;
const names = resourceNames("dev");

/** How events reach the processor, and what it gives up the recorder. */
export interface UploadDeliveries {
  deliver(event: unknown): Promise<unknown>;
  /** Accepted events that are not done with. */
  readonly backlog: number;
  /** Starts nothing more. */
  stop(): void;
  /** Once both functions are closed. */
  close(): Promise<void>;
}

export interface DeliveryOptions {
  readonly trigger: UploadTriggerKind;
  readonly directory: string;
  readonly region: string;
  readonly account: string;
  /** Factor on delays between attempts; the functions' time limits stay. */
  readonly timeScale: number;
  readonly processor: InvocationTarget;
  readonly recorder: InvocationTarget;
  readonly timeoutSeconds: { readonly processor: number; readonly recorder: number };
  readonly deadLetterQueue: MessageQueue;
  readonly recorderDeadLetters: MessageQueue;
  readonly onTrouble: (sentence: string) => void;
}

export const startDeliveries = (options: DeliveryOptions): Promise<UploadDeliveries> =>
  options.trigger === "queue" ? throughQueue(options) : byInvocation(options);

async function byInvocation(options: DeliveryOptions): Promise<UploadDeliveries> {
  const { directory, timeScale, timeoutSeconds, onTrouble } = options;
  const toRecorder = await AsynchronousInvoker.open({
    target: options.recorder,
    directory: join(directory, "recorder-events"),
    timeoutSeconds: timeoutSeconds.recorder,
    ...ASYNCHRONOUS_INVOCATION,
    timeScale,
    deadLetterQueue: options.recorderDeadLetters,
    onTrouble,
  });
  const toProcessor = await AsynchronousInvoker.open({
    target: options.processor,
    directory: join(directory, "processor-events"),
    timeoutSeconds: timeoutSeconds.processor,
    ...ASYNCHRONOUS_INVOCATION,
    timeScale,
    deadLetterQueue: options.deadLetterQueue,
    onFailure: toRecorder,
    onTrouble,
  });
  return {
    deliver: (event) => toProcessor.enqueue(event),
    get backlog() {
      return toProcessor.size + toRecorder.size;
    },
    stop() {
      toProcessor.stop();
      toRecorder.stop();
    },
    async close() {
      await Promise.all([toProcessor.close(), toRecorder.close()]);
    },
  };
}

async function throughQueue(options: DeliveryOptions): Promise<UploadDeliveries> {
  const { directory, region, account, timeScale, timeoutSeconds, onTrouble } = options;
  const visibilityMs = (seconds: number) => visibilityTimeoutSeconds(seconds) * MS_PER_SECOND * timeScale;
  const failedQueue = await MessageQueue.open({
    directory: join(directory, "failed-uploads"),
    visibilityTimeoutMs: visibilityMs(timeoutSeconds.recorder),
  });
  const uploadQueue = await MessageQueue.open({
    directory: join(directory, "waiting-uploads"),
    visibilityTimeoutMs: visibilityMs(timeoutSeconds.processor),
    redrive: { queue: failedQueue, maxReceiveCount: QUEUED_UPLOADS.maxReceives },
  });
  const consume = (queue: MessageQueue, name: string, target: InvocationTarget) =>
    new QueueConsumer({
      queue,
      queueArn: `arn:aws:sqs:${region}:${account}:${name}`,
      region,
      target,
      batchSize: QUEUED_UPLOADS.batchSize,
      onTrouble,
    });
  const consumers = [
    consume(uploadQueue, names.uploadQueue, options.processor),
    consume(failedQueue, names.failedQueue, options.recorder),
  ];
  const size = ({ visible, inFlight, delayed }: ReturnType<MessageQueue["counts"]>) => visible + inFlight + delayed;
  return {
    deliver: (event) => uploadQueue.send(JSON.stringify(event)),
    get backlog() {
      return size(uploadQueue.counts()) + size(failedQueue.counts());
    },
    stop() {
      for (const consumer of consumers) consumer.stop();
    },
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.close()));
    },
  };
}
