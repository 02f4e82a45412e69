import { type Box, FullBoxReader, onlyBox, readBoxes } from "./isobmff-boxes";

/** What an AVIF file says about its images. */
export interface ImageItems {
  /** What is in the file's meta box. */
  readonly meta: readonly Box[];
  readonly primary: number;
  readonly types: ReadonlyMap<number, string>;
  /** In the order of their associations; absent for an item without any. */
  readonly properties: ReadonlyMap<number, readonly Box[]>;
  readonly references: readonly Reference[];
}

interface Reference {
  readonly type: string;
  readonly from: number;
  readonly to: readonly number[];
}

/**
 * @throws {RangeError} when the file is not understood
 * @see ISO/IEC 23008-12, 6
 */
export function readImageItems(file: Buffer): ImageItems {
  const meta = readBoxes(new FullBoxReader(onlyBox(readBoxes(file), "meta")).rest());
  const properties = readBoxes(onlyBox(meta, "iprp"));
  const pitm = new FullBoxReader(onlyBox(meta, "pitm"));
  const iref = meta.some(({ type }) => type === "iref") ? onlyBox(meta, "iref") : undefined;
  return {
    meta,
    primary: pitm.unsigned(pitm.version === 0 ? 2 : 4),
    types: readItemTypes(onlyBox(meta, "iinf")),
    properties: readItemProperties(
      readBoxes(onlyBox(properties, "ipco")),
      properties.flatMap(({ type, content }) => (type === "ipma" ? [content] : [])),
    ),
    references: iref ? readReferences(iref) : [],
  };
}

/**
 * The coded images that make up an item. Each is listed as often as it is used.
 * @throws {RangeError} when the item is neither coded nor a grid of coded images
 */
export function codedItems({ types, references }: ImageItems, item: number): readonly number[] {
  const type = types.get(item);
  if (type === "av01") return [item];
  const tiles = references.flatMap((reference) =>
    reference.type === "dimg" && reference.from === item ? reference.to : [],
  );
  if (type !== "grid" || tiles.some((tile) => types.get(tile) !== "av01"))
    throw new RangeError(`image ${item} must be AV1 or a grid of AV1 images, got ${type ?? "nothing"}`);
  return tiles;
}

function readItemTypes(iinf: Buffer): ReadonlyMap<number, string> {
  const reader = new FullBoxReader(iinf);
  reader.unsigned(reader.version === 0 ? 2 : 4);
  const types = new Map<number, string>();
  for (const { type, content } of readBoxes(reader.rest())) {
    if (type !== "infe") continue;
    const entry = new FullBoxReader(content);
    const item = entry.unsigned(entry.version === 2 ? 2 : 4);
    entry.unsigned(2);
    if (types.has(item)) throw new RangeError(`item ${item} must have one type, got more`);
    types.set(item, entry.rest().toString("latin1", 0, 4));
  }
  return types;
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

function readItemProperties(
  properties: readonly Box[],
  associations: readonly Buffer[],
): ReadonlyMap<number, readonly Box[]> {
  const found = new Map<number, Box[]>();
  for (const ipma of associations) {
    const reader = new FullBoxReader(ipma);
    for (let entries = reader.unsigned(4); entries > 0; entries -= 1) {
      const item = reader.unsigned(reader.version === 0 ? 2 : 4);
      const own = found.get(item) ?? [];
      found.set(item, own);
      for (let count = reader.unsigned(1); count > 0; count -= 1) {
        // The top bit says whether the property is essential; the rest counts from 1.
        const index = reader.flags & 1 ? reader.unsigned(2) & 0x7fff : reader.unsigned(1) & 0x7f;
        const property = properties[index - 1];
        if (property) own.push(property);
      }
    }
  }
  return found;
}
