const UNDEFINED = 7;
const ASCII = 2;
const HEADER_BYTES = 8;
const ENTRY_BYTES = 12;

/** EXIF whose entries, each of another tag, all point at the same bytes: what a reader that copies each value takes the most for. */
export function sharedExif(entries: number, valueBytes: number, firstTag = 0x0100): Buffer {
  const values = HEADER_BYTES + 2 + entries * ENTRY_BYTES + 4;
  const exif = Buffer.alloc(values + valueBytes, 0x41);
  exif.write("II*\0", "latin1");
  exif.writeUInt32LE(HEADER_BYTES, 4);
  exif.writeUInt16LE(entries, HEADER_BYTES);
  for (let index = 0; index < entries; index += 1) {
    const entry = HEADER_BYTES + 2 + index * ENTRY_BYTES;
    exif.writeUInt16LE((firstTag + index) % 0x10000, entry);
    exif.writeUInt16LE(index % 2 === 0 ? UNDEFINED : ASCII, entry + 2);
    exif.writeUInt32LE(valueBytes, entry + 4);
    exif.writeUInt32LE(values, entry + 8);
  }
  exif.writeUInt32LE(0, values - 4);
  return exif;
}

/** As large as `bytes`: half of it entries, but no more than a directory can have, half of it their one value. */
export function largestSharedExif(bytes: number): Buffer {
  const entries = Math.min(0xffff, Math.floor(bytes / 2 / ENTRY_BYTES));
  return sharedExif(entries, bytes - entries * ENTRY_BYTES - HEADER_BYTES - 6);
}
