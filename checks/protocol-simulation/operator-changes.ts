/** What an operator reopened, is deleting or has deleted, which records began a new life, and when. */
export class OperatorChanges {
  /** Each time something changed: what an attempt had learned of the record before is no longer true. */
  readonly #times = new Map<string, readonly number[]>();
  readonly #reopenings = new Map<string, number>();
  readonly #lives = new Map<string, number>();
  readonly #waiting = new Set<string>();
  /** A deletion began at some time: another operator may have reopened the image since. */
  readonly #everRetired = new Set<string>();
  /** Since when nobody may write anything for an image. */
  readonly #retiredSince = new Map<string, number>();

  reopened(imageId: string, nowMs: number): void {
    this.#changed(imageId, nowMs);
    this.#reopenings.set(imageId, this.reopenings(imageId) + 1);
    this.#waiting.add(imageId);
    // Whoever is deleting it does not get to the end.
    this.#retiredSince.delete(imageId);
  }

  /** Its record is gone, which may be after another operator has reopened it in vain. An event that comes later makes a new one. */
  deleted(imageId: string, nowMs: number): void {
    this.retired(imageId, nowMs);
    this.#lives.set(imageId, this.lives(imageId) + 1);
  }

  retired(imageId: string, nowMs: number): void {
    this.#changed(imageId, nowMs);
    this.#waiting.delete(imageId);
    this.#everRetired.add(imageId);
    this.#retiredSince.set(imageId, nowMs);
  }

  /** Somebody else wrote the record. */
  takenOver(imageId: string): void {
    this.#waiting.delete(imageId);
  }

  /** The record was past its time to live: it was deleted, or claimed as if it were absent. */
  beganAnew(imageId: string, nowMs: number): void {
    this.#changed(imageId, nowMs);
    this.#lives.set(imageId, this.lives(imageId) + 1);
    this.#waiting.delete(imageId);
    // A deletion that takes so long has died.
    this.#retiredSince.delete(imageId);
  }

  lives(imageId: string): number {
    return this.#lives.get(imageId) ?? 1;
  }

  reopenings(imageId: string): number {
    return this.#reopenings.get(imageId) ?? 0;
  }

  since(imageId: string, timeMs: number): boolean {
    return this.#times.get(imageId)?.some((each) => each >= timeMs) ?? false;
  }

  /**
   * A known gap: the operator died before the invocation, or no attempt of it reached the table, and its recorder found a record
   * that belongs to nobody. The record stays `pending` until the operator invokes again, or the dead letter is replayed.
   */
  isWaiting(imageId: string): boolean {
    return this.#waiting.has(imageId);
  }

  wasEverRetired(imageId: string): boolean {
    return this.#everRetired.has(imageId);
  }

  isRetired(imageId: string): boolean {
    return this.#retiredSince.has(imageId);
  }

  /** Epoch ms, later than any time where it is not retired. */
  retiredAtMs(imageId: string): number {
    return this.#retiredSince.get(imageId) ?? Number.POSITIVE_INFINITY;
  }

  #changed(imageId: string, nowMs: number): void {
    this.#times.set(imageId, [...(this.#times.get(imageId) ?? []), nowMs]);
  }
}
