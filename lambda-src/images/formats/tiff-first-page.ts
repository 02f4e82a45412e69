/** Bytes of one value, by TIFF's field type. @see TIFF 6.0, section 2; BigTIFF adds 16 to 18 */
const BYTES_OF_TYPE: Readonly<Record<number, number>> = {
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
const MAX_FIELDS = 200;

/** How classic TIFF and BigTIFF differ, as far as a directory goes. */
interface Layout {
  readonly littleEndian: boolean;
  readonly countBytes: 2 | 8;
  readonly fieldBytes: 12 | 20;
  readonly offsetBytes: 4 | 8;
}

/**
 * A TIFF whose first directory is its only one. libtiff reads the values of every directory, and many directories, or many
 * fields of one, may share the same megabytes: small files could ask for hours.
 * @throws {RangeError} when the first directory has more than 200 fields, more values than the file has bytes, or lies outside
 */
export function tiffFirstPage(bytes: Buffer): Buffer {
  const layout = layoutOf(bytes);
  const directory = unsigned(bytes, layout.offsetBytes === 8 ? 8 : 4, layout.offsetBytes, layout);
  const fields = unsigned(bytes, directory, layout.countBytes, layout);
  if (fields > MAX_FIELDS)
    throw new RangeError(`a TIFF directory must have at most ${MAX_FIELDS} fields, got ${fields}`);
  const first = directory + layout.countBytes;
  checkValues(bytes, first, fields, layout);

  const next = first + fields * layout.fieldBytes;
  if (unsigned(bytes, next, layout.offsetBytes, layout) === 0) return bytes;
  const alone = Buffer.from(bytes);
  alone.fill(0, next, next + layout.offsetBytes);
  return alone;
}

function layoutOf(bytes: Buffer): Layout {
  const littleEndian = bytes[0] === 0x49;
  const big = bytes[littleEndian ? 2 : 3] === 43;
  return big
    ? { littleEndian, countBytes: 8, fieldBytes: 20, offsetBytes: 8 }
    : { littleEndian, countBytes: 2, fieldBytes: 12, offsetBytes: 4 };
}

/** Honest fields share no bytes. */
function checkValues(bytes: Buffer, first: number, fields: number, layout: Layout): void {
  let total = 0;
  for (let field = 0; field < fields; field += 1) {
    const offset = first + field * layout.fieldBytes;
    const size = BYTES_OF_TYPE[unsigned(bytes, offset + 2, 2, layout)] ?? 1;
    total += size * unsigned(bytes, offset + 4, layout.offsetBytes, layout);
  }
  if (total > bytes.length)
    throw new RangeError(`a TIFF directory's values must fit into the file's ${bytes.length} bytes, got ${total}`);
}

function unsigned(bytes: Buffer, offset: number, length: 2 | 4 | 8, { littleEndian }: Layout): number {
  if (offset + length > bytes.length)
    throw new RangeError(
      `a TIFF directory must lie within the file's ${bytes.length} bytes, got one that ends after them`,
    );
  if (length === 8) return Number(littleEndian ? bytes.readBigUInt64LE(offset) : bytes.readBigUInt64BE(offset));
  return littleEndian ? bytes.readUIntLE(offset, length) : bytes.readUIntBE(offset, length);
}
