/** What an operator is deleting or has deleted: since when nobody may write anything for it. */
export class RetiredImages {
  readonly #since = new Map<string, number>();
  readonly #changes = new Map<string, readonly number[]>();

  /** Retired, or its record deleted: what an attempt has learned of the record before is no longer true. */
  retired(imageId: string, nowMs: number): void {
    this.#since.set(imageId, nowMs);
    this.#changes.set(imageId, [...(this.#changes.get(imageId) ?? []), nowMs]);
  }

  /** Another operator wants it back. */
  reopened(imageId: string): void {
    this.#since.delete(imageId);
  }

  includes(imageId: string): boolean {
    return this.#since.has(imageId);
  }

  changedSince(imageId: string, timeMs: number): boolean {
    return this.#changes.get(imageId)?.some((each) => each >= timeMs) ?? false;
  }

  /** Epoch ms, later than any time where it is not retired. */
  retiredAtMs(imageId: string): number {
    return this.#since.get(imageId) ?? Number.POSITIVE_INFINITY;
  }
}
