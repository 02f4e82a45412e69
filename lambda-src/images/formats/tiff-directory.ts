/** Bytes of one value, by TIFF's field type. @see TIFF 6.0, section 2; BigTIFF adds 16 to 18 */
const BYTES_OF_TYPE: Readonly<Record<number, 1 | 2 | 4 | 8>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};
/** Byte, short, long, directory, and BigTIFF's long and directory. */
const UNSIGNED_TYPES: readonly number[] = [1, 3, 4, 13, 16, 18];
const MAX_FIELDS = 200;
/** Of one field: an image has a handful of samples and of nested directories. */
const MAX_VALUES = 16;

/** How classic TIFF and BigTIFF differ, as far as a directory goes. */
interface Layout {
  readonly littleEndian: boolean;
  readonly countBytes: 2 | 8;
  readonly fieldBytes: 12 | 20;
  readonly offsetBytes: 4 | 8;
}

/** What a TIFF says about one of its images. */
export interface TiffDirectory {
  /** Where it begins. */
  readonly offset: number;
  /** Where the next directory begins; 0 after the last one. */
  readonly next: number;
  has(tag: number): boolean;
  /** The first 16 unsigned integers of a field, or `max`; none when it is absent or of another type. */
  values(tag: number, max?: number): readonly number[];
}

/**
 * The directories of one TIFF.
 * @see https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf, section 2
 */
export class TiffReader {
  readonly #layout: Layout;

  constructor(private readonly bytes: Buffer) {
    const littleEndian = bytes[0] === 0x49;
    const big = bytes[littleEndian ? 2 : 3] === 43;
    this.#layout = big
      ? { littleEndian, countBytes: 8, fieldBytes: 20, offsetBytes: 8 }
      : { littleEndian, countBytes: 2, fieldBytes: 12, offsetBytes: 4 };
  }

  /** @throws {RangeError} as `directory` does */
  first(): TiffDirectory {
    return this.directory(this.#unsigned(this.#headerOffset, this.#layout.offsetBytes));
  }

  /** @throws {RangeError} when the directory has more than 200 fields, more values than the file has bytes, or lies outside */
  directory(offset: number): TiffDirectory {
    const { countBytes, fieldBytes, offsetBytes } = this.#layout;
    const count = this.#unsigned(offset, countBytes);
    if (count > MAX_FIELDS)
      throw new RangeError(`a TIFF directory must have at most ${MAX_FIELDS} fields, got ${count}`);
    const fieldOffsets = Array.from({ length: count }, (_, index) => offset + countBytes + index * fieldBytes);
    this.#checkValues(fieldOffsets);
    const fields = new Map(fieldOffsets.map((field) => [this.#unsigned(field, 2), field]));
    return {
      offset,
      next: this.#unsigned(offset + countBytes + count * fieldBytes, offsetBytes),
      has: (tag) => fields.has(tag),
      values: (tag, max = MAX_VALUES) => this.#values(fields.get(tag), max),
    };
  }

  /** A file in which `directory` is the first and the only one; the file itself when that is so already. */
  alone(directory: TiffDirectory): Buffer {
    const { countBytes, fieldBytes, offsetBytes } = this.#layout;
    if (directory.next === 0 && directory.offset === this.#unsigned(this.#headerOffset, offsetBytes)) return this.bytes;
    const alone = Buffer.from(this.bytes);
    const link = directory.offset + countBytes + this.#unsigned(directory.offset, countBytes) * fieldBytes;
    this.#write(alone, this.#headerOffset, directory.offset);
    this.#write(alone, link, 0);
    return alone;
  }

  /** Of the first directory's offset. */
  get #headerOffset(): number {
    return this.#layout.offsetBytes === 8 ? 8 : 4;
  }

  /** Honest fields share no bytes. */
  #checkValues(fields: readonly number[]): void {
    const total = fields.reduce((sum, field) => sum + this.#valueBytes(field) * this.#valueCount(field), 0);
    if (total > this.bytes.length)
      throw new RangeError(
        `a TIFF directory's values must fit into the file's ${this.bytes.length} bytes, got ${total}`,
      );
  }

  #values(field: number | undefined, max: number): readonly number[] {
    if (field === undefined || !UNSIGNED_TYPES.includes(this.#unsigned(field + 2, 2))) return [];
    const { offsetBytes } = this.#layout;
    const count = this.#valueCount(field);
    const valueBytes = this.#valueBytes(field);
    const inField = field + 4 + offsetBytes;
    // Values that fit stand where their offset would.
    const start = count * valueBytes <= offsetBytes ? inField : this.#unsigned(inField, offsetBytes);
    return Array.from({ length: Math.min(count, max) }, (_, index) =>
      this.#unsigned(start + index * valueBytes, valueBytes),
    );
  }

  #valueCount(field: number): number {
    return this.#unsigned(field + 4, this.#layout.offsetBytes);
  }

  #valueBytes(field: number): 1 | 2 | 4 | 8 {
    return BYTES_OF_TYPE[this.#unsigned(field + 2, 2)] ?? 1;
  }

  #unsigned(offset: number, length: 1 | 2 | 4 | 8): number {
    const { bytes } = this;
    if (offset + length > bytes.length)
      throw new RangeError(
        `a TIFF directory must lie within the file's ${bytes.length} bytes, got one that ends after them`,
      );
    const { littleEndian } = this.#layout;
    if (length === 8) return Number(littleEndian ? bytes.readBigUInt64LE(offset) : bytes.readBigUInt64BE(offset));
    return littleEndian ? bytes.readUIntLE(offset, length) : bytes.readUIntBE(offset, length);
  }

  #write(target: Buffer, offset: number, value: number): void {
    const { littleEndian, offsetBytes } = this.#layout;
    if (offsetBytes === 4) {
      littleEndian ? target.writeUInt32LE(value, offset) : target.writeUInt32BE(value, offset);
    } else {
      littleEndian ? target.writeBigUInt64LE(BigInt(value), offset) : target.writeBigUInt64BE(BigInt(value), offset);
    }
  }
}
