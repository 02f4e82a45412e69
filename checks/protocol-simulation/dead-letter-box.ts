import type { Delivery } from "./asynchronous-function";

interface Letter {
  readonly delivery: Delivery;
  readonly sentAtMs: number;
  /** Epoch ms. */
  hiddenUntilMs: number;
}

/** The dead letter queue. Its order is that of the letters' arrival. */
export class DeadLetterBox {
  readonly #letters = new Map<string, Letter>();
  #count = 0;

  constructor(private readonly nowMs: () => number) {}

  keep(delivery: Delivery): void {
    this.#count += 1;
    this.#letters.set(`letter-${this.#count}`, { delivery, sentAtMs: this.nowMs(), hiddenUntilMs: 0 });
  }

  deliveries(): readonly Delivery[] {
    return [...this.#letters.values()].map(({ delivery }) => delivery);
  }

  eventOf(id: string): unknown {
    return this.#letters.get(id)?.delivery.event;
  }

  receive(maximum: number, visibilityMs: number): readonly object[] {
    const visible = [...this.#letters].filter(([, { hiddenUntilMs }]) => hiddenUntilMs <= this.nowMs());
    return visible.slice(0, maximum).map(([id, letter]) => {
      letter.hiddenUntilMs = this.nowMs() + visibilityMs;
      return {
        MessageId: id,
        ReceiptHandle: id,
        Body: JSON.stringify(letter.delivery.event),
        Attributes: { SentTimestamp: String(letter.sentAtMs) },
      };
    });
  }

  hide(id: string, forMs: number): object {
    const letter = this.#letters.get(id);
    if (letter) letter.hiddenUntilMs = this.nowMs() + forMs;
    return {};
  }

  delete(id: string): object {
    this.#letters.delete(id);
    return {};
  }
}
