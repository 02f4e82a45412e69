import { JsonFileStore } from "./json-file-store";

/** Attributes that Lambda gives a dead letter. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export interface DeadLetterAttributes {
  readonly RequestID: string;
  /** HTTP status of the last invocation: 200 when the function itself failed. */
  readonly ErrorCode: string;
  /** At most the first 1,024 bytes of the error message. */
  readonly ErrorMessage: string;
}

export interface DeadLetter {
  /** Equals the request id: sending one event twice, as a crash in between may, leaves one message. */
  readonly messageId: string;
  /** Epoch ms. */
  readonly sentAt: number;
  /** The event as JSON text, exactly as the function got it. */
  readonly body: string;
  readonly attributes: DeadLetterAttributes;
}

const DEFAULT_VISIBILITY_TIMEOUT_MS = 30_000;

/** The local counterpart of the SQS dead letter queue: one file per message, kept until it is deleted. */
export class DeadLetterQueue {
  readonly #store: JsonFileStore<DeadLetter>;
  /** Message id to the epoch ms until which a receiver has it. Lives in memory: a restart makes all visible. */
  readonly #hiddenUntil = new Map<string, number>();

  private constructor(store: JsonFileStore<DeadLetter>) {
    this.#store = store;
  }

  static async open(directory: string): Promise<DeadLetterQueue> {
    return new DeadLetterQueue(await JsonFileStore.open<DeadLetter>(directory));
  }

  /** Resolves when the message is on the disk. */
  async send(body: string, attributes: DeadLetterAttributes): Promise<DeadLetter> {
    const message = { messageId: attributes.RequestID, sentAt: Date.now(), body, attributes };
    await this.#store.save(message.messageId, message);
    return message;
  }

  /** All messages, received ones too, oldest first. */
  async list(): Promise<readonly DeadLetter[]> {
    const messages = await Promise.all((await this.#store.ids()).map((id) => this.#store.read(id)));
    return messages.filter((message) => message !== undefined).sort((a, b) => a.sentAt - b.sentAt);
  }

  async count(): Promise<number> {
    return (await this.#store.ids()).length;
  }

  /** Up to `maximum` visible messages, oldest first, hidden from other receivers for the visibility timeout. */
  async receive(maximum = 10, visibilityTimeoutMs = DEFAULT_VISIBILITY_TIMEOUT_MS): Promise<readonly DeadLetter[]> {
    const messages = await this.list();
    const now = Date.now();
    const visible = messages.filter(({ messageId }) => (this.#hiddenUntil.get(messageId) ?? 0) <= now);
    const received = visible.slice(0, maximum);
    for (const { messageId } of received) this.#hiddenUntil.set(messageId, now + visibilityTimeoutMs);
    return received;
  }

  async delete(messageId: string): Promise<void> {
    await this.#store.remove(messageId);
    this.#hiddenUntil.delete(messageId);
  }
}
