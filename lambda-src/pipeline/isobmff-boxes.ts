/** One box of the ISO base media file format: `size type content`. */
export interface Box {
  readonly type: string;
  readonly content: Buffer;
}

const HEADER_BYTES = 8;

/**
 * The boxes that lie one after the other in `bytes`. The last one may be cut short, and what is no box may follow.
 * @throws {RangeError} when a box is shorter than its own header
 * @see ISO/IEC 14496-12, 4.2
 */
export function readBoxes(bytes: Buffer): readonly Box[] {
  const boxes: Box[] = [];
  for (let start = 0; start + HEADER_BYTES <= bytes.length; ) {
    const short = bytes.readUInt32BE(start);
    // 1: a 64-bit size follows the type. 0: the box reaches to the end.
    const headerBytes = short === 1 ? 2 * HEADER_BYTES : HEADER_BYTES;
    const size = short === 1 ? Number(bytes.readBigUInt64BE(start + 8)) : short === 0 ? bytes.length - start : short;
    if (size < headerBytes)
      throw new RangeError(`box at ${start} must have at least ${headerBytes} bytes, got ${size}`);
    const type = bytes.toString("latin1", start + 4, start + 8);
    boxes.push({ type, content: bytes.subarray(start + headerBytes, start + size) });
    start += size;
  }
  return boxes;
}

/**
 * The content of the one box of a type.
 * @throws {RangeError} when there is none or more than one: readers differ in which they take
 */
export function onlyBox(boxes: readonly Box[], type: string): Buffer {
  const found = boxes.filter((box) => box.type === type);
  const [box] = found;
  if (!box || found.length > 1) throw new RangeError(`there must be one box ${type}, got ${found.length}`);
  return box.content;
}

/** Big-endian integers from a full box, whose content begins with a version and 24 flags. */
export class FullBoxReader {
  readonly version: number;
  readonly flags: number;
  #offset = 4;

  constructor(readonly content: Buffer) {
    this.version = content.readUInt8(0);
    this.flags = content.readUIntBE(1, 3);
  }

  /** @throws {RangeError} past the end */
  unsigned(byteLength: 1 | 2 | 4): number {
    const value = this.content.readUIntBE(this.#offset, byteLength);
    this.#offset += byteLength;
    return value;
  }

  /** What is left. */
  rest(): Buffer {
    return this.content.subarray(this.#offset);
  }
}
