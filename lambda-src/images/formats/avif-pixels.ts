import { countAv1Frames } from "./av1-frames";
import { type Box, FullBoxReader, onlyBox, readBoxes, readItemData } from "./isobmff-boxes";

/** Of `av1C`, before its first unit. */
const CONFIGURATION_HEADER_BYTES = 4;

/** A still image has one, a layered image up to four. */
const MAX_FRAMES = 8;

/** Its planes, which the decoder may keep: 6.2 of the 25 bytes a pixel that an image takes, measured with 12 bits and 4:4:4. */
const FURTHER_FRAME_SHARE = 0.25;

/** Tiles may share data, but the decoder gets it anew for each: honest ones share next to nothing. */
const MAX_SHARED_BYTES = 16 * 1_048_576;

/** What an AVIF file says about its images, as far as it decides how much is decoded. */
interface ImageItems {
  readonly primary: number;
  readonly types: ReadonlyMap<number, string>;
  /** px, from the item's `ispe`; libheif refuses a bitstream that is larger. */
  readonly pixels: ReadonlyMap<number, number>;
  /** What the decoder gets before the item's data, from the item's `av1C`. */
  readonly configurations: ReadonlyMap<number, Buffer>;
  readonly references: readonly Reference[];
}

interface Reference {
  readonly type: string;
  readonly from: number;
  readonly to: readonly number[];
}

/**
 * Pixels that are decoded for the primary image: of its colour or of its alpha, whichever has more. A cropped image decodes
 * more than it shows, and the tiles of a grid may be larger and more than the grid: a file of 5 KB with an image of 64x64 can
 * cost gigabytes. The tiles of a grid are decoded at once. A further frame of an image counts as a quarter.
 * @throws {RangeError} when the file is not understood, its primary image is neither coded nor a grid of coded images, or one
 * of these has more frames than an image needs
 * @see ISO/IEC 23008-12, 6.6.2.3
 */
export function avifDecodedPixels(bytes: Buffer): number {
  const meta = readBoxes(new FullBoxReader(onlyBox(readBoxes(bytes), "meta")).rest());
  const items = readImageItems(meta);
  const tiles = codedItems(items, items.primary);
  const shown = new Set([items.primary, ...tiles]);
  const auxiliary = items.references
    .filter(({ type, to }) => type === "auxl" && to.some((item) => shown.has(item)))
    .flatMap(({ from }) => codedItems(items, from));
  const frames = countFrames(bytes, meta, items, [...tiles, ...auxiliary]);
  return Math.max(totalPixels(items, frames, tiles), totalPixels(items, frames, auxiliary));
}

/** Frames of each coded image. The decoder works through all of them, one full decode each, and shows one. */
function countFrames(
  file: Buffer,
  meta: readonly Box[],
  { configurations }: ImageItems,
  coded: readonly number[],
): ReadonlyMap<number, number> {
  const data = readItemData(file, meta, new Set(coded));
  const maxBytes = Math.max(file.length, MAX_SHARED_BYTES);
  const framesOf = new Map<number, number>();
  let bytes = 0;
  for (const item of coded) {
    const configuration = configurations.get(item);
    if (!configuration) throw new RangeError(`image ${item} must have a configuration`);
    const parts = [configuration, ...(data.get(item) ?? [])];
    bytes += parts.reduce((total, part) => total + part.length, 0);
    if (bytes > maxBytes) throw new RangeError(`images must have at most ${maxBytes} bytes of data, got more`);
    const frames = countAv1Frames(Buffer.concat(parts));
    if (frames > MAX_FRAMES)
      throw new RangeError(`image ${item} must have at most ${MAX_FRAMES} frames, got ${frames}`);
    framesOf.set(item, frames);
  }
  return framesOf;
}

/** The coded images that make up an item. Each is listed as often as it is used. */
function codedItems({ types, references }: ImageItems, item: number): readonly number[] {
  const type = types.get(item);
  if (type === "av01") return [item];
  const tiles = references.flatMap((reference) =>
    reference.type === "dimg" && reference.from === item ? reference.to : [],
  );
  if (type !== "grid" || tiles.some((tile) => types.get(tile) !== "av01"))
    throw new RangeError(`image ${item} must be AV1 or a grid of AV1 images, got ${type ?? "nothing"}`);
  return tiles;
}

function totalPixels({ pixels }: ImageItems, frames: ReadonlyMap<number, number>, coded: readonly number[]): number {
  const total = coded.reduce((sum, item) => {
    const itemPixels = pixels.get(item);
    if (itemPixels === undefined) throw new RangeError(`image ${item} must have dimensions`);
    const furtherFrames = Math.max(0, (frames.get(item) ?? 0) - 1);
    return sum + itemPixels * (1 + furtherFrames * FURTHER_FRAME_SHARE);
  }, 0);
  return Math.ceil(total);
}

function readImageItems(meta: readonly Box[]): ImageItems {
  const properties = readBoxes(onlyBox(meta, "iprp"));
  const pitm = new FullBoxReader(onlyBox(meta, "pitm"));
  const iref = meta.some(({ type }) => type === "iref") ? onlyBox(meta, "iref") : undefined;
  return {
    primary: pitm.unsigned(pitm.version === 0 ? 2 : 4),
    types: readItemTypes(onlyBox(meta, "iinf")),
    ...readItemProperties(
      readBoxes(onlyBox(properties, "ipco")),
      properties.flatMap(({ type, content }) => (type === "ipma" ? [content] : [])),
    ),
    references: iref ? readReferences(iref) : [],
  };
}

function readItemTypes(iinf: Buffer): ReadonlyMap<number, string> {
  const reader = new FullBoxReader(iinf);
  reader.unsigned(reader.version === 0 ? 2 : 4);
  const entries = readBoxes(reader.rest()).map(({ content }): [number, string] => {
    const entry = new FullBoxReader(content);
    const item = entry.unsigned(entry.version === 2 ? 2 : 4);
    entry.unsigned(2);
    return [item, entry.rest().toString("latin1", 0, 4)];
  });
  return new Map(entries);
}

function readReferences(iref: Buffer): readonly Reference[] {
  const reader = new FullBoxReader(iref);
  const idBytes = reader.version === 0 ? 2 : 4;
  return readBoxes(reader.rest()).map(({ type, content }) => {
    const count = content.readUInt16BE(idBytes);
    const to = Array.from({ length: count }, (_, index) => content.readUIntBE(idBytes + 2 + index * idBytes, idBytes));
    return { type, from: content.readUIntBE(0, idBytes), to };
  });
}

/** Of several dimensions for one item the larger count: no reader decodes more. */
function readItemProperties(
  properties: readonly Box[],
  associations: readonly Buffer[],
): Pick<ImageItems, "pixels" | "configurations"> {
  const pixels = new Map<number, number>();
  const configurations = new Map<number, Buffer>();
  const add = (item: number, { type, content }: Box): void => {
    if (type === "ispe") {
      const own = content.readUInt32BE(4) * content.readUInt32BE(8);
      pixels.set(item, Math.max(pixels.get(item) ?? 0, own));
    }
    if (type === "av1C") {
      if (configurations.has(item)) throw new RangeError(`image ${item} must have one configuration, got more`);
      configurations.set(item, content.subarray(CONFIGURATION_HEADER_BYTES));
    }
  };
  for (const ipma of associations) {
    const reader = new FullBoxReader(ipma);
    for (let entries = reader.unsigned(4); entries > 0; entries -= 1) {
      const item = reader.unsigned(reader.version === 0 ? 2 : 4);
      for (let count = reader.unsigned(1); count > 0; count -= 1) {
        // The top bit says whether the property is essential; the rest counts from 1.
        const index = reader.flags & 1 ? reader.unsigned(2) & 0x7fff : reader.unsigned(1) & 0x7f;
        const property = properties[index - 1];
        if (property) add(item, property);
      }
    }
  }
  return { pixels, configurations };
}
