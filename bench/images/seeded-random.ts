/** Uniform numbers in [0, 1), the same ones on every machine: xorshift with 32 bits of state. */
export class SeededRandom {
  #state: number;

  /** @param seed any 32 bits but zero */
  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 4_294_967_296;
  }

  /** Whole, from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** About normal, with a deviation of 1. */
  normal(): number {
    return (this.next() + this.next() + this.next() + this.next() - 2) * Math.sqrt(3);
  }
}
