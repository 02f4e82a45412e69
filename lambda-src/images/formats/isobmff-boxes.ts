/** One box of the ISO base media file format: `size type content`. */
export interface Box {
  readonly type: string;
  /** Size and type. */
  readonly header: Buffer;
  readonly content: Buffer;
}

const HEADER_BYTES = 8;
/** In one place: images have up to a hundred, films a few thousand samples but not as boxes. */
const MAX_BOXES = 1000;

/**
 * The boxes that lie one after the other in `bytes`. The last one may be cut short, and what is no box may follow.
 * @throws {RangeError} when a box is shorter than its own header, or there are more than a thousand
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
    if (boxes.length === MAX_BOXES) throw new RangeError(`there must be at most ${MAX_BOXES} boxes, got more`);
    const type = bytes.toString("latin1", start + 4, start + 8);
    const header = bytes.subarray(start, start + headerBytes);
    boxes.push({ type, header, content: bytes.subarray(start + headerBytes, start + size) });
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

  /**
   * 0 when it has no bytes. With eight bytes not exact from 2^53 on, where no file reaches.
   * @throws {RangeError} past the end
   */
  unsigned(byteLength: 0 | 1 | 2 | 4 | 8): number {
    const start = this.#offset;
    this.#offset += byteLength;
    if (byteLength === 0) return 0;
    return byteLength === 8 ? Number(this.content.readBigUInt64BE(start)) : this.content.readUIntBE(start, byteLength);
  }

  /** Past the end, too: the next integer throws. */
  skip(byteLength: number): void {
    this.#offset += byteLength;
  }

  /** What is left. */
  rest(): Buffer {
    return this.content.subarray(this.#offset);
  }
}

/** Where the data of one item lies. */
export interface ItemLocation {
  readonly item: number;
  /** 0: offsets count in the file, 1: in `idat`, 2: in another item. */
  readonly method: number;
  /** 0: this file. */
  readonly reference: number;
  readonly extents: readonly { readonly start: number; readonly length: number }[];
}

/** The decoder takes no more for one item. */
const MAX_EXTENTS = 32;

/**
 * The locations in a meta box, in order.
 * @param meta what is in the file's meta box
 * @throws {RangeError} when they are not understood, or one has more parts than the decoder takes
 * @see ISO/IEC 14496-12, 8.11.3
 */
export function* readItemLocations(meta: readonly Box[]): Generator<ItemLocation> {
  const reader = new FullBoxReader(onlyBox(meta, "iloc"));
  const { version } = reader;
  if (version > 2) throw new RangeError(`iloc must have version 0 to 2, got ${version}`);
  const fields = readLocationFields(reader);
  const idBytes = version < 2 ? 2 : 4;
  for (let left = reader.unsigned(idBytes); left > 0; left -= 1) {
    const item = reader.unsigned(idBytes);
    const method = version === 0 ? 0 : reader.unsigned(2) & 0xf;
    const reference = reader.unsigned(2);
    const base = reader.unsigned(fields.base);
    const count = reader.unsigned(2);
    if (count > MAX_EXTENTS) throw new RangeError(`item ${item} must lie in up to ${MAX_EXTENTS} parts, got ${count}`);
    const extents = Array.from({ length: count }, () => {
      reader.skip(fields.index);
      return { start: base + reader.unsigned(fields.offset), length: reader.unsigned(fields.length) };
    });
    yield { item, method, reference, extents };
  }
}

/** How many bytes each field of a location takes. */
type LocationFields = Readonly<Record<"offset" | "length" | "base" | "index", 0 | 4 | 8>>;

function readLocationFields(reader: FullBoxReader): LocationFields {
  const sizes = reader.unsigned(2);
  const field = (shift: number): 0 | 4 | 8 => {
    const size = (sizes >> shift) & 0xf;
    if (size !== 0 && size !== 4 && size !== 8)
      throw new RangeError(`iloc fields must have 0, 4 or 8 bytes, got ${size}`);
    return size;
  };
  return { offset: field(12), length: field(8), base: field(4), index: reader.version === 0 ? 0 : field(0) };
}

/**
 * The data of some items, each as its parts in order.
 * @param meta what is in the file's meta box
 * @throws {RangeError} when data is missing, empty, outside of this file or box, or overlaps other data of its item
 */
export function readItemData(
  file: Buffer,
  meta: readonly Box[],
  items: ReadonlySet<number>,
): ReadonlyMap<number, readonly Buffer[]> {
  const data = new Map<number, readonly Buffer[]>();
  for (const { item, method, reference, extents } of readItemLocations(meta)) {
    if (!items.has(item)) continue;
    if (data.has(item)) throw new RangeError(`item ${item} must have one location, got more`);
    if (reference !== 0 || method > 1) throw new RangeError(`item ${item} must lie in this file`);
    data.set(item, partsOf(method === 0 ? file : onlyBox(meta, "idat"), extents));
  }
  if (data.size < items.size) throw new RangeError(`${items.size} items must have a location, got ${data.size}`);
  return data;
}

function partsOf(source: Buffer, extents: ItemLocation["extents"]): readonly Buffer[] {
  let occupied = 0;
  for (const { start, length } of [...extents].sort((a, b) => a.start - b.start)) {
    const end = start + length;
    if (start < occupied || end <= start || end > source.length)
      throw new RangeError(`item data must lie apart within ${source.length} bytes, got ${start} to ${end}`);
    occupied = end;
  }
  return extents.map(({ start, length }) => source.subarray(start, start + length));
}
