import type { Scan } from "./jpeg-scans";

/** Probability estimates that a decision goes through which always has the same result. @see ITU-T T.81, table D.3 */
const ESTIMATES = [
  0x5a1d, 0x2586, 0x1114, 0x080b, 0x03d8, 0x01da, 0x00e5, 0x006f, 0x0036, 0x001a, 0x000d, 0x0006, 0x0003, 0x0001,
] as const;
const HALF = 0x8000;
const LAST_COEFFICIENT = 63;

/** Arithmetic coding of decisions that never change after their first one. @see ITU-T T.81, D.1 */
class ArithmeticEncoder {
  readonly #bytes: number[] = [];
  #code = 0;
  #interval = 0x10000;
  #bitsLeft = 11;

  encode(context: Context, decision: 0 | 1): void {
    const estimate = ESTIMATES[context.state] ?? 1;
    this.#interval -= estimate;
    const upper = this.#interval;
    const likely = decision === context.likely;
    if (likely && upper >= HALF) return;
    // The smaller part is always the one of the less likely decision.
    if (likely ? upper < estimate : upper >= estimate) {
      this.#code += upper;
      this.#interval = estimate;
    }
    if (!context.fixed) {
      context.state = likely ? Math.min(context.state + 1, ESTIMATES.length - 1) : 1;
      context.likely = decision;
    }
    do {
      this.#interval *= 2;
      this.#code *= 2;
      this.#bitsLeft -= 1;
      if (this.#bitsLeft === 0) this.#putByte();
    } while (this.#interval < HALF);
  }

  /** All that was encoded; zeros follow bytes of ones. */
  finish(): Buffer {
    this.#code *= 2 ** this.#bitsLeft;
    this.#putByte();
    this.#code *= 2 ** 8;
    this.#putByte();
    return Buffer.from(this.#bytes.flatMap((byte) => (byte === 0xff ? [byte, 0] : [byte])));
  }

  #putByte(): void {
    const byte = Math.floor(this.#code / 0x80000);
    if (byte > 0xff) this.#carry();
    this.#bytes.push(byte & 0xff);
    this.#code %= 0x80000;
    this.#bitsLeft = 8;
  }

  #carry(): void {
    let last = this.#bytes.length - 1;
    for (; this.#bytes[last] === 0xff; last -= 1) this.#bytes[last] = 0;
    this.#bytes[last] = (this.#bytes[last] ?? 0) + 1;
  }
}

interface Context {
  state: number;
  likely: 0 | 1;
  /** One bit for each decision. */
  readonly fixed?: boolean;
}

const contexts = (count: number): readonly Context[] => Array.from({ length: count }, () => ({ state: 0, likely: 0 }));

/**
 * Blocks whose last coefficient alone is not zero, with arithmetic codes: a decision for every coefficient of every block, of which
 * next to nothing is left in the file. Scans of the first coefficient have no difference from block to block.
 */
export function arithmeticBlocks({ to, high }: Scan, blocks: number): Buffer {
  const encoder = new ArithmeticEncoder();
  if (to !== LAST_COEFFICIENT) {
    const bit: Context = { state: 0, likely: 0, fixed: high > 0 };
    for (let block = 0; block < blocks; block += 1) encoder.encode(bit, 0);
    return encoder.finish();
  }
  const [end, size, ...zero] = contexts(2 + LAST_COEFFICIENT) as [Context, Context, ...Context[]];
  const last = zero.pop() as Context;
  const sign: Context = { state: 0, likely: 0, fixed: true };
  for (let block = 0; block < blocks; block += 1) {
    if (high === 0) encoder.encode(end, 0);
    for (const context of zero) encoder.encode(context, 0);
    if (high === 0) {
      encoder.encode(last, 1);
      encoder.encode(sign, 0);
    }
    encoder.encode(size, 0);
  }
  return encoder.finish();
}
