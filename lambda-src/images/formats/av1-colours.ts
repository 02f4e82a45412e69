import { av1Units } from "./av1-units";

const SEQUENCE_HEADER = 1;
/** Of the sequence's profiles: the second has no monochrome images, the third may have 12 bits. */
const HIGH_PROFILE = 1;
const PROFESSIONAL_PROFILE = 2;
/** Levels above have a tier. */
const LAST_LEVEL_WITHOUT_TIER = 7;
const UNSPECIFIED = 2;

/** What AV1 data says of its samples: code points of ITU-T H.273, 2 where it says nothing. */
export interface Av1Colours {
  readonly bits: 8 | 10 | 12;
  readonly monochrome: boolean;
  readonly primaries: number;
  readonly transfer: number;
  readonly matrix: number;
  readonly fullRange: boolean;
}

/**
 * The colours that the first sequence header of AV1 data announces; undefined without one.
 * @throws {RangeError} when a unit or the header ends early
 * @see https://aomediacodec.github.io/av1-spec/av1-spec.pdf, 5.5
 */
export function av1Colours(data: Buffer): Av1Colours | undefined {
  for (const { type, content } of av1Units(data)) if (type === SEQUENCE_HEADER) return readSequence(content);
  return undefined;
}

function readSequence(header: Buffer): Av1Colours {
  const bits = new BitReader(header);
  const profile = bits.unsigned(3);
  bits.skip(1);
  const reduced = bits.flag();
  if (reduced) bits.skip(5);
  else skipOperatingPoints(bits);
  const widthBits = bits.unsigned(4) + 1;
  const heightBits = bits.unsigned(4) + 1;
  bits.skip(widthBits + heightBits);
  if (!reduced && bits.flag()) bits.skip(7);
  // Large superblocks and two filters within frames.
  bits.skip(3);
  if (!reduced) skipInterTools(bits);
  // Super-resolution and two filters behind the decoder.
  bits.skip(3);
  return readColours(bits, profile);
}

function skipOperatingPoints(bits: BitReader): void {
  let delayBits: number | undefined;
  if (bits.flag()) {
    bits.skip(64);
    if (bits.flag()) bits.skipVariableLength();
    if (bits.flag()) {
      delayBits = bits.unsigned(5) + 1;
      bits.skip(42);
    }
  }
  const hasDisplayDelay = bits.flag();
  for (let left = bits.unsigned(5) + 1; left > 0; left -= 1) {
    bits.skip(12);
    if (bits.unsigned(5) > LAST_LEVEL_WITHOUT_TIER) bits.skip(1);
    if (delayBits !== undefined && bits.flag()) bits.skip(2 * delayBits + 1);
    if (hasDisplayDelay && bits.flag()) bits.skip(4);
  }
}

function skipInterTools(bits: BitReader): void {
  bits.skip(4);
  const hasOrderHint = bits.flag();
  if (hasOrderHint) bits.skip(2);
  const choosesScreenContent = bits.flag();
  const hasScreenContent = choosesScreenContent || bits.flag();
  if (hasScreenContent && !bits.flag()) bits.skip(1);
  if (hasOrderHint) bits.skip(3);
}

function readColours(bits: BitReader, profile: number): Av1Colours {
  const deep = bits.flag();
  const twelve = deep && profile === PROFESSIONAL_PROFILE && bits.flag();
  const monochrome = profile !== HIGH_PROFILE && bits.flag();
  const [primaries, transfer, matrix] = bits.flag()
    ? ([bits.unsigned(8), bits.unsigned(8), bits.unsigned(8)] as const)
    : ([UNSPECIFIED, UNSPECIFIED, UNSPECIFIED] as const);
  // RGB as sRGB has it has no bit for the range.
  const fullRange = (!monochrome && primaries === 1 && transfer === 13 && matrix === 0) || bits.flag();
  return { bits: twelve ? 12 : deep ? 10 : 8, monochrome, primaries, transfer, matrix, fullRange };
}

class BitReader {
  #offset = 0;

  constructor(private readonly bytes: Buffer) {}

  /** @throws {RangeError} past the end */
  flag(): boolean {
    const byte = this.bytes.readUInt8(this.#offset >> 3);
    const bit = (byte >> (7 - (this.#offset & 7))) & 1;
    this.#offset += 1;
    return bit === 1;
  }

  unsigned(length: number): number {
    let value = 0;
    for (let left = length; left > 0; left -= 1) value = value * 2 + (this.flag() ? 1 : 0);
    return value;
  }

  skip(length: number): void {
    this.#offset += length;
  }

  /** As many zeros as bits follow the first one. */
  skipVariableLength(): void {
    let zeros = 0;
    while (!this.flag()) zeros += 1;
    this.skip(Math.min(zeros, 32));
  }
}
