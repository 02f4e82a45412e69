const FRAME_HEADER = 3;
const FRAME = 6;
/** Of any size field: more is no AV1. */
const MAX_SIZE_BYTES = 8;

/** An open bitstream unit, without its header. */
export interface Av1Unit {
  readonly type: number;
  readonly content: Buffer;
}

/**
 * The units of AV1 data, one after the other.
 * @throws {RangeError} when a unit is longer than the data
 * @see https://aomediacodec.github.io/av1-spec/av1-spec.pdf, 5.3
 */
export function* av1Units(data: Buffer): Generator<Av1Unit> {
  for (let offset = 0; offset < data.length; ) {
    const header = data.readUInt8(offset);
    offset += 1;
    // Between frames the decoder steps over zeros, where a unit without a size would take in all that follows.
    if (header === 0) continue;
    const hasExtension = (header & 4) !== 0;
    const hasSize = (header & 2) !== 0;
    if (hasExtension) offset += 1;
    const unit = hasSize ? readSize(data, offset) : { start: offset, bytes: data.length - offset };
    offset = unit.start + unit.bytes;
    if (offset > data.length || unit.bytes < 0)
      throw new RangeError(`AV1 unit must end within ${data.length} bytes, got ${offset}`);
    yield { type: (header >> 3) & 0xf, content: data.subarray(unit.start, offset) };
  }
}

/**
 * Frames in AV1 data, shown ones and hidden ones, and those that are only shown again: a decoder works through all of them,
 * even for a still image.
 * @throws {RangeError} as `av1Units` does
 */
export function countAv1Frames(data: Buffer): number {
  let frames = 0;
  for (const { type } of av1Units(data)) if (type === FRAME_HEADER || type === FRAME) frames += 1;
  return frames;
}

/** A leb128: seven bits a byte, the lowest first; the top bit says that another follows. */
function readSize(data: Buffer, start: number): { readonly start: number; readonly bytes: number } {
  let bytes = 0;
  for (let index = 0; index < MAX_SIZE_BYTES; index += 1) {
    const byte = data.readUInt8(start + index);
    bytes += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { start: start + index + 1, bytes };
  }
  throw new RangeError(`AV1 unit size must have at most ${MAX_SIZE_BYTES} bytes, got more`);
}
