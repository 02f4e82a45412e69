import { createHash, randomUUID } from "node:crypto";
import * as v from "valibot";
import type { MessageQueue, ReceivedMessage } from "../sqs/message-queue";
import type { InvocationTarget } from "./asynchronous-invoker";

/** Longer than any function runs: what is at work is nobody else's. */
const AT_WORK_MS = 12 * 3600 * 1000;
const LONG_POLL_MS = 20_000;
/** Somebody else may use the function's capacity too, and tells nobody when it gives it back. */
const CAPACITY_CHECK_MS = 50;
/** After a failure of the disk. */
const REST_MS = 1000;

export interface QueueConsumerOptions {
  readonly queue: MessageQueue;
  readonly queueArn: string;
  readonly region: string;
  readonly target: InvocationTarget;
  /** Messages of one invocation. */
  readonly batchSize: number;
  /** Told whenever the function's capacity was given back. */
  readonly onCapacity?: () => void;
  /** Told in a sentence when the disk refuses a change; the messages come again. */
  readonly onTrouble: (sentence: string) => void;
}

const responseSchema = v.object({ batchItemFailures: v.array(v.object({ itemIdentifier: v.string() })) });

/**
 * Lambda's event source mapping of a queue: takes messages as fast as the function may run, deletes those that it does not
 * name as failed, and leaves the others until their visibility time has passed.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export class QueueConsumer {
  readonly #options: QueueConsumerOptions;
  readonly #stopping = new AbortController();
  readonly #atWork = new Set<Promise<void>>();
  readonly #polling: Promise<void>;

  /** Begins at once. */
  constructor(options: QueueConsumerOptions) {
    this.#options = options;
    this.#polling = this.#poll();
  }

  /** Takes nothing more. Attempts at work must be ended by closing the function; their messages come again. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Resolves when no attempt is at work any more. */
  async close(): Promise<void> {
    this.stop();
    await this.#polling;
    await Promise.all(this.#atWork);
  }

  async #poll(): Promise<void> {
    const { queue, batchSize, onTrouble } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#capacity();
        const messages = await queue.receive({
          maximum: batchSize,
          visibilityTimeoutMs: AT_WORK_MS,
          waitMs: LONG_POLL_MS,
          signal,
        });
        // Somebody else may have taken the capacity while this waited: a message that was received keeps its turn.
        if (messages.length > 0) await this.#capacity();
        if (messages.length > 0 && !signal.aborted) this.#start(messages);
      } catch (error) {
        onTrouble(`A queue cannot be read: ${(error as Error).message}`);
        await rest(REST_MS, signal);
      }
    }
  }

  async #capacity(): Promise<void> {
    const { signal } = this.#stopping;
    while (!this.#options.target.hasCapacity && !signal.aborted)
      await Promise.race([rest(CAPACITY_CHECK_MS, signal), ...this.#atWork]);
  }

  #start(messages: readonly ReceivedMessage[]): void {
    const work = this.#attempt(messages)
      .catch((error: Error) => this.#options.onTrouble(`Messages of a queue come again: ${error.message}`))
      .finally(() => {
        this.#atWork.delete(work);
        this.#options.onCapacity?.();
      });
    this.#atWork.add(work);
  }

  async #attempt(messages: readonly ReceivedMessage[]): Promise<void> {
    const { queue, target } = this.#options;
    const event = JSON.stringify({ Records: messages.map((message) => this.#record(message)) });
    const { outcome } = await target.invoke(event, randomUUID());
    // Killed because the local system stops: no fault of the messages, which are visible again at the next start.
    if (this.#stopping.signal.aborted && outcome.kind === "error") return;
    const ids = messages.map(({ messageId }) => messageId);
    const failed = outcome.kind === "result" ? failedMessages(outcome.payload, ids) : ids;
    for (const { messageId, receiptHandle } of messages)
      if (failed.includes(messageId)) queue.changeVisibility(receiptHandle, queue.visibilityTimeoutMs);
      else await queue.delete(receiptHandle);
  }

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
  #record({ messageId, receiptHandle, body, receiveCount, sentAt, firstReceivedAt }: ReceivedMessage) {
    return {
      messageId,
      receiptHandle,
      body,
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: String(sentAt),
        ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
      },
      messageAttributes: {},
      md5OfBody: createHash("md5").update(body).digest("hex"),
      eventSource: "aws:sqs",
      eventSourceARN: this.#options.queueArn,
      awsRegion: this.#options.region,
    };
  }
}

/** All of them when the response names one that was not in the batch: what it says cannot be trusted then. */
function failedMessages(payload: string, ids: readonly string[]): readonly string[] {
  const response: unknown = JSON.parse(payload);
  if (response === null) return [];
  const parsed = v.safeParse(responseSchema, response);
  if (!parsed.success) return ids;
  const failed = parsed.output.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return failed.every((id) => ids.includes(id)) ? failed : ids;
}

/** Ends early when the signal aborts. */
function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end, { once: true });
  });
}
