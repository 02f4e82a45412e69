import { randomUUID } from "node:crypto";
import { JsonFileStore } from "../storage/json-file-store";

const FILES_READ_AT_ONCE = 32;
const FOURTEEN_DAYS_MS = 14 * 24 * 3600 * 1000;
const DEFAULT_VISIBILITY_TIMEOUT_MS = 30_000;

/** As SQS names the parts. */
export interface MessageAttribute {
  /** `String`, `Number`, or either with a label behind a dot. */
  readonly DataType: string;
  readonly StringValue: string;
}

export interface Message {
  readonly messageId: string;
  /** Epoch ms. */
  readonly sentAt: number;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly receiveCount: number;
  /** Epoch ms. */
  readonly firstReceivedAt?: number;
}

export interface ReceivedMessage extends Message {
  /** Allows this receiver to delete the message or to change its visibility, until somebody else receives it. */
  readonly receiptHandle: string;
}

export interface MessageQueueOptions {
  /** One file per message. */
  readonly directory: string;
  readonly visibilityTimeoutMs?: number;
  readonly retentionMs?: number;
  /** A message that was received so often goes to that queue instead of to a receiver. */
  readonly redrive?: { readonly queue: MessageQueue; readonly maxReceiveCount: number };
}

export interface ReceiveOptions {
  readonly maximum?: number;
  readonly visibilityTimeoutMs?: number;
  /** How long to wait for a message when there is none. */
  readonly waitMs?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/** What is known of a message without reading its file. */
interface Entry {
  readonly sentAt: number;
  receiveCount: number;
  /** Epoch ms. */
  hiddenUntil: number;
  /** Of the last receive; absent before the first one since the queue was opened. */
  nonce?: string;
}

/**
 * The local counterpart of an SQS standard queue: at least once, oldest first, durable. What `send` has resolved for survives
 * `kill -9`; how often a message was received survives too. Visibility lives in memory: a restart makes every message visible.
 */
export class MessageQueue {
  readonly #options: MessageQueueOptions;
  readonly #store: JsonFileStore<Message>;
  /** In the order of sending. */
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Set<() => void>();

  private constructor(options: MessageQueueOptions, store: JsonFileStore<Message>) {
    this.#options = options;
    this.#store = store;
  }

  static async open(options: MessageQueueOptions): Promise<MessageQueue> {
    const queue = new MessageQueue(options, await JsonFileStore.open<Message>(options.directory));
    for (const { messageId, sentAt, receiveCount } of await queue.list())
      queue.#entries.set(messageId, { sentAt, receiveCount, hiddenUntil: 0 });
    return queue;
  }

  get visibilityTimeoutMs(): number {
    return this.#options.visibilityTimeoutMs ?? DEFAULT_VISIBILITY_TIMEOUT_MS;
  }

  get retentionMs(): number {
    return this.#options.retentionMs ?? FOURTEEN_DAYS_MS;
  }

  get redrive(): MessageQueueOptions["redrive"] {
    return this.#options.redrive;
  }

  /** Resolves with the message id when the message is on the disk. A given id that is there already replaces its message. */
  async send(
    body: string,
    options: {
      readonly messageId?: string;
      readonly attributes?: Message["attributes"];
      readonly delayMs?: number;
    } = {},
  ): Promise<string> {
    const { messageId = randomUUID(), attributes = {}, delayMs = 0 } = options;
    const now = Date.now();
    await this.#store.save(messageId, { messageId, sentAt: now, body, attributes, receiveCount: 0 });
    if (!this.#entries.has(messageId))
      this.#entries.set(messageId, { sentAt: now, receiveCount: 0, hiddenUntil: delayMs > 0 ? now + delayMs : 0 });
    this.#wake();
    return messageId;
  }

  /** All messages, received ones too, oldest first. */
  async list(): Promise<readonly Message[]> {
    const ids = await this.#store.ids();
    const messages: Message[] = [];
    for (let start = 0; start < ids.length; start += FILES_READ_AT_ONCE) {
      const batch = await Promise.all(ids.slice(start, start + FILES_READ_AT_ONCE).map((id) => this.#store.read(id)));
      messages.push(...batch.filter((message) => message !== undefined));
    }
    return messages.sort((a, b) => a.sentAt - b.sentAt);
  }

  async count(): Promise<number> {
    return this.#entries.size;
  }

  /** As `ApproximateNumberOfMessages`, `...NotVisible` and `...Delayed` count them. */
  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    const now = Date.now();
    let inFlight = 0;
    let delayed = 0;
    for (const { hiddenUntil, nonce } of this.#entries.values())
      if (hiddenUntil > now) nonce === undefined ? delayed++ : inFlight++;
    return { visible: this.#entries.size - inFlight - delayed, inFlight, delayed };
  }

  /** Visible messages, oldest first, hidden from other receivers for the visibility timeout. */
  async receive(options: ReceiveOptions = {}): Promise<readonly ReceivedMessage[]> {
    const { waitMs = 0, signal } = options;
    const end = performance.now() + waitMs;
    for (;;) {
      const received = await this.#receiveNow(options);
      const remainingMs = end - performance.now();
      if (received.length > 0 || remainingMs <= 0 || signal?.aborted) return received;
      await this.#change(remainingMs, signal);
    }
  }

  /**
   * Deleting what is gone is no error; deleting what somebody else received meanwhile does nothing.
   * @throws {InvalidReceiptHandle}
   */
  async delete(receiptHandle: string): Promise<void> {
    const { messageId, nonce } = parseReceiptHandle(receiptHandle);
    if (this.#entries.get(messageId)?.nonce !== nonce) return;
    this.#entries.delete(messageId);
    await this.#store.remove(messageId);
  }

  /**
   * Hides a received message for so long from now on; 0 gives it back.
   * @returns false when the message is not in flight under this handle
   * @throws {InvalidReceiptHandle}
   */
  changeVisibility(receiptHandle: string, timeoutMs: number): boolean {
    const { messageId, nonce } = parseReceiptHandle(receiptHandle);
    const entry = this.#entries.get(messageId);
    const now = Date.now();
    if (!entry || entry.nonce !== nonce || entry.hiddenUntil <= now) return false;
    entry.hiddenUntil = now + timeoutMs;
    this.#wake();
    return true;
  }

  async #receiveNow({ maximum = 10, visibilityTimeoutMs = this.visibilityTimeoutMs }: ReceiveOptions) {
    const now = Date.now();
    const taken: { readonly messageId: string; readonly nonce: string }[] = [];
    const discarded: string[] = [];
    for (const [messageId, entry] of this.#entries) {
      if (taken.length === maximum) break;
      if (entry.hiddenUntil > now) continue;
      if (this.#isOverdue(entry, now)) {
        // It leaves when it is where it goes: until then it counts here.
        entry.hiddenUntil = Number.POSITIVE_INFINITY;
        discarded.push(messageId);
        continue;
      }
      // Before anything is awaited: no other receiver may take it.
      entry.hiddenUntil = now + visibilityTimeoutMs;
      entry.nonce = randomUUID();
      entry.receiveCount += 1;
      taken.push({ messageId, nonce: entry.nonce });
    }
    await Promise.all(discarded.map((messageId) => this.#discard(messageId, now)));
    const received = await Promise.all(taken.map(({ messageId, nonce }) => this.#markReceived(messageId, nonce, now)));
    return received.filter((message) => message !== undefined);
  }

  #isOverdue({ sentAt, receiveCount }: Entry, now: number): boolean {
    const { redrive } = this.#options;
    return now - sentAt >= this.retentionMs || (redrive !== undefined && receiveCount >= redrive.maxReceiveCount);
  }

  async #markReceived(messageId: string, nonce: string, now: number): Promise<ReceivedMessage | undefined> {
    const message = await this.#store.read(messageId);
    if (!message) return undefined;
    const received = {
      ...message,
      receiveCount: message.receiveCount + 1,
      firstReceivedAt: message.firstReceivedAt ?? now,
    };
    await this.#store.save(messageId, received);
    return { ...received, receiptHandle: formatReceiptHandle({ messageId, nonce }) };
  }

  /** Expired, or on to the other queue: there first, so that a crash in between repeats the move. */
  async #discard(messageId: string, now: number): Promise<void> {
    const entry = this.#entries.get(messageId);
    try {
      const message = await this.#store.read(messageId);
      const { redrive } = this.#options;
      if (message && redrive && now - message.sentAt < this.retentionMs)
        await redrive.queue.send(message.body, { messageId, attributes: message.attributes });
      await this.#store.remove(messageId);
      this.#entries.delete(messageId);
    } finally {
      if (entry) entry.hiddenUntil = 0;
    }
  }

  /** Resolves when a message may have become visible, the time is over, or the signal aborts. */
  #change(atMostMs: number, signal: AbortSignal | undefined): Promise<void> {
    const now = Date.now();
    const visibleInMs = [...this.#entries.values()].map(({ hiddenUntil }) => Math.max(hiddenUntil - now, 1));
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(
        wake,
        visibleInMs.reduce((least, ms) => Math.min(least, ms), atMostMs),
      );
      this.#waiting.add(wake);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/** Which message was received, and in which of its receives. */
interface Receipt {
  readonly messageId: string;
  readonly nonce: string;
}

/** The text is no receipt handle of this server. */
export class InvalidReceiptHandle extends Error {
  override readonly name = "InvalidReceiptHandle";
}

/** Opaque to clients, as in SQS. */
const formatReceiptHandle = ({ messageId, nonce }: Receipt): string =>
  Buffer.from(JSON.stringify([messageId, nonce])).toString("base64");

/** @throws {InvalidReceiptHandle} */
function parseReceiptHandle(text: string): Receipt {
  try {
    const [messageId, nonce] = JSON.parse(Buffer.from(text, "base64").toString()) as readonly unknown[];
    if (typeof messageId === "string" && typeof nonce === "string") return { messageId, nonce };
  } catch {
    // Not one of ours.
  }
  throw new InvalidReceiptHandle(`The input receipt handle is invalid: ${JSON.stringify(text)}`);
}
