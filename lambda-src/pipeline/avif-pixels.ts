import { FullBoxReader, onlyBox, readBoxes } from "./isobmff-boxes";

/** What an AVIF file says about its images, as far as it decides how much is decoded. */
interface ImageItems {
  readonly primary: number;
  readonly types: ReadonlyMap<number, string>;
  /** px, from the item's `ispe`; libheif refuses a bitstream that is larger. */
  readonly pixels: ReadonlyMap<number, number>;
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
 * cost gigabytes. The tiles of a grid are decoded at once.
 * @throws {RangeError} when the file is not understood, or its primary image is neither coded nor a grid of coded images
 * @see ISO/IEC 23008-12, 6.6.2.3
 */
export function avifDecodedPixels(bytes: Buffer): number {
  const items = readImageItems(bytes);
  const tiles = codedItems(items, items.primary);
  const shown = new Set([items.primary, ...tiles]);
  const auxiliary = items.references
    .filter(({ type, to }) => type === "auxl" && to.some((item) => shown.has(item)))
    .flatMap(({ from }) => codedItems(items, from));
  return Math.max(totalPixels(items, tiles), totalPixels(items, auxiliary));
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

function totalPixels({ pixels }: ImageItems, coded: readonly number[]): number {
  return coded.reduce((total, item) => {
    const itemPixels = pixels.get(item);
    if (itemPixels === undefined) throw new RangeError(`image ${item} must have dimensions`);
    return total + itemPixels;
  }, 0);
}

function readImageItems(bytes: Buffer): ImageItems {
  const meta = readBoxes(new FullBoxReader(onlyBox(readBoxes(bytes), "meta")).rest());
  const properties = readBoxes(onlyBox(meta, "iprp"));
  const pitm = new FullBoxReader(onlyBox(meta, "pitm"));
  const iref = meta.some(({ type }) => type === "iref") ? onlyBox(meta, "iref") : undefined;
  return {
    primary: pitm.unsigned(pitm.version === 0 ? 2 : 4),
    types: readItemTypes(onlyBox(meta, "iinf")),
    pixels: readItemPixels(
      onlyBox(properties, "ipco"),
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
function readItemPixels(ipco: Buffer, associations: readonly Buffer[]): ReadonlyMap<number, number> {
  const properties = readBoxes(ipco).map(({ type, content }) =>
    type === "ispe" ? content.readUInt32BE(4) * content.readUInt32BE(8) : 0,
  );
  const pixels = new Map<number, number>();
  for (const ipma of associations) {
    const reader = new FullBoxReader(ipma);
    for (let entries = reader.unsigned(4); entries > 0; entries -= 1) {
      const item = reader.unsigned(reader.version === 0 ? 2 : 4);
      for (let count = reader.unsigned(1); count > 0; count -= 1) {
        // The top bit says whether the property is essential; the rest counts from 1.
        const index = reader.flags & 1 ? reader.unsigned(2) & 0x7fff : reader.unsigned(1) & 0x7f;
        pixels.set(item, Math.max(pixels.get(item) ?? 0, properties[index - 1] ?? 0));
      }
    }
  }
  return pixels;
}
