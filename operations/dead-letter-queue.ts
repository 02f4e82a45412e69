import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import { type DeadLetter, readDeadLetter } from "./dead-letter";
import type { Pipeline } from "./pipeline-clients";

const BATCH = 10;
/** A long poll asks every server of the queue: only then does an empty answer mean that there is nothing. */
const POLL_SECONDS = 2;
/** The queue hands messages out in no strict order: so many batches without a message to visit mean that none is left. */
const FRUITLESS_BATCHES = 3;
/** Beyond what the visits of a batch take; after a crash its messages are visible again so soon. */
const SPARE_VISIBILITY_SECONDS = 15;

export interface QueuedLetter extends DeadLetter {
  readonly messageId: string;
}

export interface WalkOptions {
  /** Ends the walk after so many letters that are done with; no limit without. */
  readonly max?: number;
  /** How long one visit may take. */
  readonly visitSeconds?: number;
  /** Ends the walk between two letters. */
  readonly signal?: AbortSignal;
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
 * Visits each letter of the dead letter queue once, oldest first as far as the queue tells, and deletes those that the visit is
 * done with. All others go back into the queue at the end. Letters that arrive meanwhile are left for the next time.
 */
export async function walkDeadLetters(
  options: WalkOptions,
  pipeline: Pipeline,
  visit: (letter: QueuedLetter) => Promise<"done" | "left">,
): Promise<void> {
  const { max = Number.POSITIVE_INFINITY, signal } = options;
  const walk = new Walk(options, pipeline, visit);
  try {
    while (walk.done < max && !signal?.aborted) {
      if (!(await walk.nextBatch(Math.min(BATCH, max - walk.done)))) break;
    }
  } finally {
    await walk.end();
  }
}

class Walk {
  done = 0;
  readonly #startedAtMs: number;
  readonly #visited = new Set<string>();
  /** Left, or newer than this walk: hidden while it lasts, or they would come again and again. */
  readonly #left: Message[] = [];
  #fruitlessBatches = 0;

  constructor(
    private readonly options: WalkOptions,
    private readonly pipeline: Pipeline,
    private readonly visit: (letter: QueuedLetter) => Promise<"done" | "left">,
  ) {
    this.#startedAtMs = pipeline.clock.now();
  }

  /** False when there is nothing more to do. */
  async nextBatch(maximum: number): Promise<boolean> {
    const messages = await this.#receive(maximum);
    if (messages.length === 0) return false;
    const due = messages.filter((message) => this.#isDue(message));
    this.#left.push(...messages.filter((message) => !due.includes(message)));
    this.#fruitlessBatches = due.length === 0 ? this.#fruitlessBatches + 1 : 0;
    const waiting = new Set(due);
    try {
      for (const message of due) {
        if (this.options.signal?.aborted) break;
        await this.#visit(message);
        waiting.delete(message);
      }
    } finally {
      await Promise.all([...waiting].map((message) => this.#giveBack(message)));
    }
    return this.#fruitlessBatches < FRUITLESS_BATCHES;
  }

  /** Gives the messages back that are left for another time. */
  async end(): Promise<void> {
    await Promise.all(this.#left.map((message) => this.#giveBack(message)));
  }

  async #receive(maximum: number): Promise<readonly Message[]> {
    const { visitSeconds = 0 } = this.options;
    const { sqs, deadLetterQueueUrl } = this.pipeline;
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MaxNumberOfMessages: maximum,
        WaitTimeSeconds: POLL_SECONDS,
        VisibilityTimeout: Math.ceil(BATCH * visitSeconds) + SPARE_VISIBILITY_SECONDS,
        MessageSystemAttributeNames: ["SentTimestamp"],
      }),
    );
    return Messages;
  }

  #isDue({ MessageId = "", Attributes }: Message): boolean {
    const isNew = Number(Attributes?.SentTimestamp ?? 0) > this.#startedAtMs;
    return !isNew && !this.#visited.has(MessageId);
  }

  async #visit(message: Message): Promise<void> {
    const { MessageId: messageId = "", Body: body = "", ReceiptHandle } = message;
    const { sqs, sourceBucket, deadLetterQueueUrl: QueueUrl } = this.pipeline;
    const verdict = await this.visit({ messageId, ...readDeadLetter(body, sourceBucket) });
    this.#visited.add(messageId);
    if (verdict === "left") {
      this.#left.push(message);
      return;
    }
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    this.done += 1;
  }

  async #giveBack({ ReceiptHandle }: Message): Promise<void> {
    const { sqs, deadLetterQueueUrl: QueueUrl } = this.pipeline;
    await sqs
      .send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }))
      // It becomes visible by itself; what went wrong before this is what the caller must hear of.
      .catch(() => {});
  }
}
