/** What an operator reopened, and when. */
export class ReopenedImages {
  readonly #times = new Map<string, readonly number[]>();
  readonly #waiting = new Set<string>();

  reopened(imageId: string, nowMs: number): void {
    this.#times.set(imageId, [...(this.#times.get(imageId) ?? []), nowMs]);
    this.#waiting.add(imageId);
  }

  /** Somebody else wrote the record. */
  takenOver(imageId: string): void {
    this.#waiting.delete(imageId);
  }

  times(imageId: string): number {
    return this.#times.get(imageId)?.length ?? 0;
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
}
