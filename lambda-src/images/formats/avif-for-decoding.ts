import { type Box, FullBoxReader, onlyBox, readBoxes, readItemLocations } from "./isobmff-boxes";

/** libheif reads no other boxes to decode an image, but it keeps each. */
const NEEDED_IN_FILE = new Set(["ftyp", "meta", "mdat", "free", "skip"]);
const NEEDED_IN_META = new Set(["hdlr", "pitm", "iinf", "iref", "iprp", "iloc", "idat", "free", "skip"]);
const NEEDED_IN_PROPERTIES = new Set(["ipco", "ipma", "free", "skip"]);

/** Items that are, or are made up of, what the decoder can be asked for; all others are metadata. */
const IMAGE_TYPES = new Set(["av01", "grid", "iovl", "iden", "hvc1"]);

/** A property is a few numbers. Those that hold more are not read as boxes, of which thousands would fit into one. */
const MAX_PROPERTY_BYTES = 4096;
const LARGE_PROPERTIES = new Set(["av1C", "hvcC", "colr"]);

/** Images may share data, but the decoder gets it anew for each: honest ones share next to nothing. */
const MAX_SHARED_BYTES = 16 * 1_048_576;

const FREE = Buffer.from("free", "latin1");

/**
 * An AVIF without films and metadata. libheif reads all items as it opens a file, and they may all point at the same bytes: 200
 * items of 5 MB took 2 GB. Comes back as it is when it holds an image alone; otherwise as a copy in which whatever else there
 * is counts as free space, so that all offsets stay true.
 * @throws {RangeError} when the file is not understood, or has more boxes or more bytes of images than an honest one
 * @see ISO/IEC 14496-12, 8.1.2 and 8.11
 */
export function avifForDecoding(bytes: Buffer): Buffer {
  const file = readBoxes(bytes);
  const meta = readBoxes(new FullBoxReader(onlyBox(file, "meta")).rest());
  const properties = readBoxes(onlyBox(meta, "iprp"));
  checkProperties(readBoxes(onlyBox(properties, "ipco")));
  const items = readItemInfos(onlyBox(meta, "iinf"));
  checkSharedBytes(bytes, meta, new Set(items.flatMap(({ id }) => id ?? [])));

  const needless = [
    ...file.filter(({ type }) => !NEEDED_IN_FILE.has(type)),
    ...meta.filter(({ type }) => !NEEDED_IN_META.has(type)),
    ...properties.filter(({ type }) => !NEEDED_IN_PROPERTIES.has(type)),
    ...items.flatMap(({ id, box }) => (id === undefined ? [box] : [])),
  ];
  if (needless.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  for (const { header } of needless) FREE.copy(copy, header.byteOffset - bytes.byteOffset + 4);
  return copy;
}

interface ItemInfo {
  readonly box: Box;
  /** Of an image; undefined for metadata. */
  readonly id: number | undefined;
}

function readItemInfos(iinf: Buffer): readonly ItemInfo[] {
  const reader = new FullBoxReader(iinf);
  reader.unsigned(reader.version === 0 ? 2 : 4);
  const entries = readBoxes(reader.rest()).filter(({ type }) => type !== "free");
  return entries.map((box) => {
    const entry = new FullBoxReader(box.content);
    const id = entry.unsigned(entry.version === 2 ? 2 : 4);
    entry.unsigned(2);
    const isImage = box.type === "infe" && IMAGE_TYPES.has(entry.rest().toString("latin1", 0, 4));
    return { box, id: isImage ? id : undefined };
  });
}

function checkProperties(properties: readonly Box[]): void {
  for (const { type, content } of properties)
    if (content.length > MAX_PROPERTY_BYTES && !LARGE_PROPERTIES.has(type))
      throw new RangeError(`property ${type} must have at most ${MAX_PROPERTY_BYTES} bytes, got ${content.length}`);
}

function checkSharedBytes(file: Buffer, meta: readonly Box[], images: ReadonlySet<number>): void {
  const maxBytes = Math.max(file.length, MAX_SHARED_BYTES);
  let bytes = 0;
  for (const { item, extents } of readItemLocations(meta))
    if (images.has(item)) bytes += extents.reduce((sum, { length }) => sum + (length || file.length), 0);
  if (bytes > maxBytes) throw new RangeError(`images must have at most ${maxBytes} bytes of data, got more`);
}
