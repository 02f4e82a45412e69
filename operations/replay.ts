import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import { eventOfDeadLetter } from "./dead-letter";
import { Pace } from "./pace";
import type { Pipeline } from "./pipeline-clients";
import { sendToProcessor } from "./send-to-processor";

const BATCH = 10;
/** A long poll asks every server of the queue: only then does an empty answer mean that there is nothing. */
const POLL_SECONDS = 2;
/** The queue hands messages out in no strict order: so many batches of new ones alone mean that no old one is left. */
const BATCHES_OF_NEW = 3;
/** Beyond what a batch takes at its rate; after a crash its messages are visible again so soon. */
const SPARE_VISIBILITY_SECONDS = 15;

export interface ReplayOptions {
  /** Of all messages; no limit without. */
  readonly max?: number;
  readonly perSecond: number;
  /** Which messages are meant, when not all are: the others go back into the queue. `event`: undefined for none. */
  readonly only?: (messageId: string, event: object | undefined) => boolean;
  /** Ends the replay between two messages. */
  readonly signal?: AbortSignal;
  readonly onMessage?: (messageId: string, outcome: "replayed" | "not_understood") => void;
}

export interface ReplayReport {
  readonly replayed: number;
  /** Ids of messages that are no events: they stay in the queue. */
  readonly notUnderstood: readonly string[];
}

/** Messages that receivers may take now. */
export async function countDeadLetters({ sqs, deadLetterQueueUrl }: Pipeline, signal?: AbortSignal): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetterQueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
    { abortSignal: signal },
  );
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}

/**
 * Sends dead letters to the processor again, oldest first as far as the queue tells. A message is deleted only after Lambda
 * accepted its event: a crash in between delivers it twice, which the event's identity makes harmless, and never loses it.
 * Messages that arrive meanwhile, such as those of events that fail again, are left for the next time.
 */
export async function replayDeadLetters(options: ReplayOptions, pipeline: Pipeline): Promise<ReplayReport> {
  const { max = Number.POSITIVE_INFINITY, signal } = options;
  const run = new Replay(options, pipeline);
  try {
    while (run.replayed < max && !signal?.aborted) {
      if (!(await run.nextBatch(Math.min(BATCH, max - run.replayed)))) break;
    }
  } finally {
    await run.end();
  }
  return { replayed: run.replayed, notUnderstood: run.notUnderstood };
}

class Replay {
  replayed = 0;
  readonly notUnderstood: string[] = [];
  readonly #startedAtMs = Date.now();
  readonly #pace: Pace;
  /** Not meant, or newer than this run: hidden while it lasts, or they would come again and again. */
  readonly #others: Message[] = [];
  #batchesOfNew = 0;

  constructor(
    private readonly options: ReplayOptions,
    private readonly pipeline: Pipeline,
  ) {
    this.#pace = new Pace(options.perSecond);
  }

  /** False when there is nothing more to do. */
  async nextBatch(maximum: number): Promise<boolean> {
    const messages = await this.#receive(maximum);
    if (messages.length === 0) return false;
    const old = messages.filter((message) => !this.#isNew(message));
    const due = old.filter((message) => this.#isMeant(message));
    this.#others.push(...messages.filter((message) => !due.includes(message)));
    this.#batchesOfNew = old.length === 0 ? this.#batchesOfNew + 1 : 0;
    const left = new Set(due);
    try {
      for (const message of due) {
        if (this.options.signal?.aborted) break;
        await this.#replayOne(message);
        left.delete(message);
      }
    } finally {
      await Promise.all([...left].map((message) => this.#giveBack(message)));
    }
    return this.#batchesOfNew < BATCHES_OF_NEW;
  }

  /** Gives the messages back that are left for another time. */
  async end(): Promise<void> {
    await Promise.all(this.#others.map((message) => this.#giveBack(message)));
  }

  #isMeant({ MessageId = "", Body = "" }: Message): boolean {
    return this.options.only?.(MessageId, eventOfDeadLetter(Body)) ?? true;
  }

  async #receive(maximum: number): Promise<readonly Message[]> {
    const { sqs, deadLetterQueueUrl } = this.pipeline;
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MaxNumberOfMessages: maximum,
        WaitTimeSeconds: POLL_SECONDS,
        VisibilityTimeout: Math.ceil(BATCH / this.options.perSecond) + SPARE_VISIBILITY_SECONDS,
        MessageSystemAttributeNames: ["SentTimestamp"],
      }),
    );
    return Messages;
  }

  #isNew({ Attributes }: Message): boolean {
    return Number(Attributes?.SentTimestamp ?? 0) > this.#startedAtMs;
  }

  async #replayOne(message: Message): Promise<void> {
    const { MessageId: messageId = "", Body: body = "" } = message;
    const event = eventOfDeadLetter(body);
    if (!event) {
      // Hidden until its visibility ends, so that this run does not meet it again and again.
      this.notUnderstood.push(messageId);
      this.options.onMessage?.(messageId, "not_understood");
      return;
    }
    await this.#pace.next();
    await sendToProcessor(event, this.pipeline);
    const { sqs, deadLetterQueueUrl } = this.pipeline;
    await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetterQueueUrl, ReceiptHandle: message.ReceiptHandle }));
    this.replayed += 1;
    this.options.onMessage?.(messageId, "replayed");
  }

  async #giveBack({ ReceiptHandle }: Message): Promise<void> {
    const { sqs, deadLetterQueueUrl: QueueUrl } = this.pipeline;
    await sqs
      .send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }))
      // It becomes visible by itself; what went wrong before this is what the caller must hear of.
      .catch(() => {});
  }
}
