import { randomUUID } from "node:crypto";
import type { Message, MessageQueue } from "../sqs/message-queue";
import { JsonFileStore } from "../storage/json-file-store";
import type { Invocation } from "./invocation";
import { type FailureCondition, failureRecord, type QueuedEvent } from "./invocation";

/** Waits before the second and the third attempt. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export const RETRY_DELAYS_SECONDS = [60, 120] as const;
/** The longest time limit, before scaling, that leaves room between two attempts. */
export const LAST_RETRY_DELAY_SECONDS = RETRY_DELAYS_SECONDS[1];
const MAXIMUM_ERROR_MESSAGE_LENGTH = 1024;
/** Each holds a file open at some moment: thousands of events that are too old must not do so together. */
const MAXIMUM_AT_WORK = 200;

/** The function as the invoker sees it: `LocalFunction`. Nobody else may use up its capacity. */
export interface InvocationTarget {
  readonly arn: string;
  readonly hasCapacity: boolean;
  invoke(payload: string, requestId: string): Promise<Invocation>;
}

export interface AsynchronousInvokerOptions {
  readonly target: InvocationTarget;
  /** Where accepted events lie until they are done with. */
  readonly directory: string;
  /** An event that is older is given up; before scaling. */
  readonly maximumEventAgeSeconds: number;
  /** Attempts after the first, 0 to 2. */
  readonly maximumRetryAttempts: number;
  /** The function's time limit before scaling: no retry may begin while an attempt can still run. */
  readonly timeoutSeconds: number;
  /** Factor on the retry delays and the maximum event age; the caller scales the function's time limit alike. */
  readonly timeScale: number;
  readonly deadLetterQueue: MessageQueue;
  /** Invoked asynchronously with the failure record of every event that was given up. */
  readonly onFailure?: AsynchronousInvoker;
  /** Told in a sentence when the disk refuses a change; the event stays and is tried again. */
  readonly onTrouble: (sentence: string) => void;
}

/**
 * Lambda's asynchronous invocation: a queue on the disk, retries under the same request id, a maximum age, a dead
 * letter and a failure record at the end. At least once, as on AWS: a crash can deliver an event twice, and never loses it.
 */
export class AsynchronousInvoker {
  readonly #options: AsynchronousInvokerOptions;
  readonly #store: JsonFileStore<QueuedEvent>;
  /** Accepted events, those at work included, with the epoch ms at which each counts as accepted. */
  readonly #acceptedAt = new Map<string, number>();
  readonly #ready: QueuedEvent[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #atWork = new Set<Promise<void>>();
  #lastId = 0;
  #closed = false;

  private constructor(options: AsynchronousInvokerOptions, store: JsonFileStore<QueuedEvent>) {
    this.#options = options;
    this.#store = store;
  }

  /**
   * Opens the queue and delivers what an earlier run left, at once.
   * @throws {RangeError} when the time limit is longer than the second retry delay
   */
  static async open(options: AsynchronousInvokerOptions): Promise<AsynchronousInvoker> {
    const { timeoutSeconds } = options;
    if (timeoutSeconds > LAST_RETRY_DELAY_SECONDS)
      throw new RangeError(
        `timeoutSeconds must be at most ${LAST_RETRY_DELAY_SECONDS}, the delay before the last retry, got ${timeoutSeconds}`,
      );
    const invoker = new AsynchronousInvoker(options, await JsonFileStore.open(options.directory));
    await invoker.#resume();
    return invoker;
  }

  /** Events accepted and not yet done with. */
  get size(): number {
    return this.#acceptedAt.size;
  }

  /** Accepts an event: when this resolves with the request id, the event is on the disk. */
  async enqueue(event: unknown): Promise<string> {
    const queued = { requestId: randomUUID(), id: this.#nextId(), event, attempts: 0, ageMs: 0 };
    await this.#store.save(queued.id, queued);
    this.#accept(queued);
    return queued.requestId;
  }

  /** Starts what waits, after somebody else gave capacity of the function back. */
  wake(): void {
    this.#pump();
  }

  /** Starts nothing more. Attempts at work must be ended by closing the function; their events stay in the queue. */
  stop(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Resolves when no attempt is at work any more. */
  async close(): Promise<void> {
    this.stop();
    await Promise.all(this.#atWork);
  }

  async #resume(): Promise<void> {
    for (const id of await this.#store.ids()) {
      this.#lastId = Math.max(this.#lastId, Number(id));
      const queued = await this.#store.read(id);
      if (queued) this.#accept(queued);
    }
  }

  /** Sixteen digits: the time in microseconds, pushed on when two events come in one. */
  #nextId(): string {
    this.#lastId = Math.max(Date.now() * 1000, this.#lastId + 1);
    return String(this.#lastId).padStart(16, "0");
  }

  #accept(queued: QueuedEvent): void {
    this.#acceptedAt.set(queued.id, Date.now() - queued.ageMs);
    this.#makeReady(queued);
  }

  #makeReady(queued: QueuedEvent): void {
    this.#ready.push(queued);
    this.#pump();
  }

  /** Starts what the function has capacity for; the rest waits without using up an attempt. */
  #pump(): void {
    while (!this.#closed && this.#atWork.size < MAXIMUM_AT_WORK && this.#options.target.hasCapacity) {
      const queued = this.#ready.shift();
      if (!queued) return;
      const work = this.#proceed(queued).finally(() => {
        this.#atWork.delete(work);
        this.#pump();
      });
      this.#atWork.add(work);
    }
  }

  async #proceed(queued: QueuedEvent): Promise<void> {
    try {
      const condition = this.#failureCondition(queued);
      if (condition) await this.#giveUp(queued, condition);
      else await this.#attempt(queued);
    } catch (error) {
      this.#options.onTrouble(`Event ${queued.requestId} stays in the queue: ${(error as Error).message}`);
      this.#makeReadyLater(queued, RETRY_DELAYS_SECONDS[0]);
    }
  }

  async #attempt(queued: QueuedEvent): Promise<void> {
    const { outcome } = await this.#options.target.invoke(JSON.stringify(queued.event), queued.requestId);
    if (outcome.kind === "result") return this.#forget(queued);
    // Killed because the local system stops: no fault of the event, which is delivered again at the next start.
    if (this.#closed) return;

    const attempts = queued.attempts + 1;
    const failed = { ...queued, attempts, ageMs: this.#ageMs(queued), error: outcome.error };
    await this.#store.save(failed.id, failed);
    const delay = attempts > this.#options.maximumRetryAttempts ? undefined : RETRY_DELAYS_SECONDS[attempts - 1];
    if (delay === undefined) this.#makeReady(failed);
    else this.#makeReadyLater(failed, delay);
  }

  #makeReadyLater(queued: QueuedEvent, delaySeconds: number): void {
    if (this.#closed) return;
    const { timeScale } = this.#options;
    // Not beyond the maximum age: an event that is too old is given up when it becomes so.
    const delayMs = Math.min(delaySeconds * timeScale * 1000, this.#maximumAgeMs - this.#ageMs(queued));
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#makeReady(queued);
      },
      Math.max(delayMs, 0),
    );
    this.#timers.add(timer);
  }

  #failureCondition(queued: QueuedEvent): FailureCondition | undefined {
    if (queued.attempts > this.#options.maximumRetryAttempts) return "RetriesExhausted";
    return this.#ageMs(queued) >= this.#maximumAgeMs ? "EventAgeExceeded" : undefined;
  }

  /** The event is forgotten last: a crash before repeats both steps, of which the dead letter is the same again. */
  async #giveUp(queued: QueuedEvent, condition: FailureCondition): Promise<void> {
    const { target, deadLetterQueue, onFailure } = this.#options;
    await onFailure?.enqueue(failureRecord(queued, target.arn, condition));
    // Named by its request: sending it twice, as a crash in between may, leaves one message.
    const messageId = queued.requestId;
    await deadLetterQueue.send(JSON.stringify(queued.event), { messageId, attributes: deadLetterAttributes(queued) });
    await this.#forget(queued);
  }

  async #forget({ id }: QueuedEvent): Promise<void> {
    await this.#store.remove(id);
    this.#acceptedAt.delete(id);
  }

  get #maximumAgeMs(): number {
    return this.#options.maximumEventAgeSeconds * this.#options.timeScale * 1000;
  }

  #ageMs(queued: QueuedEvent): number {
    return Date.now() - (this.#acceptedAt.get(queued.id) ?? Date.now());
  }
}

/**
 * An event that never ran was kept waiting by throttling, which Lambda reports as status 429; 200 is a failure of the function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
function deadLetterAttributes({ requestId, error }: QueuedEvent): Message["attributes"] {
  const message = error?.errorMessage || "Rate Exceeded.";
  return {
    RequestID: { DataType: "String", StringValue: requestId },
    ErrorCode: { DataType: "Number", StringValue: error ? "200" : "429" },
    ErrorMessage: { DataType: "String", StringValue: message.slice(0, MAXIMUM_ERROR_MESSAGE_LENGTH) },
  };
}
