import { readImageItems } from "../../lambda-src/images/formats/avif-items";
import { readItemData } from "../../lambda-src/images/formats/isobmff-boxes";
import { plain } from "./pictures";

/** AVIF containers around a bitstream that an encoder made, to say other things about it than are true. */

const bigEndian = (byteLength: 2 | 4, ...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * byteLength);
  values.forEach((value, index) => {
    bytes.writeUIntBE(value, index * byteLength, byteLength);
  });
  return bytes;
};
export const u16 = (...values: readonly number[]): Buffer => bigEndian(2, ...values);
export const u32 = (...values: readonly number[]): Buffer => bigEndian(4, ...values);

export function box(type: string, ...contents: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(
    contents.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)),
  );
  return Buffer.concat([u32(content.length + 8), Buffer.from(type, "latin1"), content]);
}

export const fullBox = (
  type: string,
  version: number,
  flags: number,
  ...contents: readonly (Buffer | string)[]
): Buffer => box(type, u32(version * 0x1000000 + flags), ...contents);

export interface CodedImage {
  /** AV1 units. */
  readonly units: Buffer;
  /** The content of `av1C`. */
  readonly configuration: Buffer;
}

export interface StillImage {
  /** px */
  readonly size: readonly [number, number];
  readonly colour: CodedImage;
  readonly alpha?: CodedImage;
  /** Whether colours are stored as they are on black. */
  readonly premultiplied?: boolean;
  /** Primaries, transfer and matrix by H.273's numbers. */
  readonly nclx?: { readonly values: readonly [number, number, number]; readonly fullRange?: boolean };
  readonly profile?: Buffer;
  readonly majorBrand?: string;
}

const COLOUR_ITEM = 1;
const ALPHA_ITEM = 2;
const ALPHA_KIND = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";

/** An AVIF of one image, with what no encoder here writes about its colours. */
export function avifStill(image: StillImage): Buffer {
  const { size, colour, alpha, nclx, profile } = image;
  const properties: Buffer[] = [];
  const associated = new Map<number, number[]>();
  const add = (item: number, property: Buffer): void => {
    properties.push(property);
    associated.set(item, [...(associated.get(item) ?? []), properties.length]);
  };
  add(COLOUR_ITEM, fullBox("ispe", 0, 0, u32(...size)));
  add(COLOUR_ITEM, box("av1C", colour.configuration));
  if (nclx) add(COLOUR_ITEM, box("colr", "nclx", u16(...nclx.values), Buffer.of(nclx.fullRange === false ? 0 : 0x80)));
  if (profile) add(COLOUR_ITEM, box("colr", "prof", profile));
  if (alpha) {
    add(ALPHA_ITEM, fullBox("ispe", 0, 0, u32(...size)));
    add(ALPHA_ITEM, box("av1C", alpha.configuration));
    add(ALPHA_ITEM, fullBox("auxC", 0, 0, ALPHA_KIND));
  }
  const references = [
    ...(alpha ? [box("auxl", u16(ALPHA_ITEM, 1, COLOUR_ITEM))] : []),
    ...(image.premultiplied ? [box("prem", u16(COLOUR_ITEM, 1, ALPHA_ITEM))] : []),
  ];
  const coded = [colour, ...(alpha ? [alpha] : [])];
  const meta = (offset: number): Buffer => {
    const location = (index: number): Buffer => {
      const before = coded.slice(0, index).reduce((sum, { units }) => sum + units.length, 0);
      return Buffer.concat([u16(index + 1, 0, 1), u32(offset + before, coded[index]?.units.length ?? 0)]);
    };
    return fullBox(
      "meta",
      0,
      0,
      fullBox("hdlr", 0, 0, u32(0), "pict", u32(0, 0, 0), "\0"),
      fullBox("pitm", 0, 0, u16(COLOUR_ITEM)),
      fullBox("iinf", 0, 0, u16(coded.length), ...coded.map((_, index) => itemInfo(index + 1, "av01"))),
      fullBox("iref", 0, 0, ...references),
      box(
        "iprp",
        box("ipco", ...properties),
        fullBox(
          "ipma",
          0,
          0,
          u32(associated.size),
          ...[...associated].map(([item, indices]) =>
            Buffer.concat([u16(item), Buffer.from([indices.length, ...indices])]),
          ),
        ),
      ),
      fullBox("iloc", 0, 0, Buffer.from([0x44, 0]), u16(coded.length), ...coded.map((_, index) => location(index))),
    );
  };
  return fileOf(
    image.majorBrand ?? "avif",
    meta,
    coded.map(({ units }) => units),
  );
}

/** The coded images of a file that our own encoder wrote: its colours, and its alpha when it has one. */
export function codedImages(avif: Buffer): readonly CodedImage[] {
  const items = readImageItems(avif);
  const numbers = [...items.types.keys()];
  const data = readItemData(avif, items.meta, new Set(numbers));
  return numbers.map((item) => ({
    units: Buffer.concat([...(data.get(item) ?? [])]),
    configuration: items.properties.get(item)?.find(({ type }) => type === "av1C")?.content ?? Buffer.alloc(0),
  }));
}

function fileOf(majorBrand: string, meta: (dataOffset: number) => Buffer, data: readonly Buffer[]): Buffer {
  const ftyp = box("ftyp", majorBrand, u32(0), "avif", "mif1", "miaf");
  const MDAT_HEADER_BYTES = 8;
  const dataOffset = ftyp.length + meta(0).length + MDAT_HEADER_BYTES;
  return Buffer.concat([ftyp, meta(dataOffset), box("mdat", ...data)]);
}

const itemInfo = (item: number, type: string): Buffer => fullBox("infe", 2, 0, u16(item, 0), type, "\0");

interface Tiles {
  /** A still AVIF; each tile is this one. */
  readonly tile: Buffer;
  /** px, what the container says of each tile */
  readonly tileSize: readonly [number, number];
  readonly rows: number;
  readonly columns: number;
  /** px, of the whole */
  readonly size: readonly [number, number];
  /** AV1 units in the configuration of each tile; the tile's own when absent */
  readonly configurationUnits?: Buffer;
}

const GRID_ITEM = 1;
const FIRST_TILE_ITEM = 2;

/** An AVIF grid whose tiles share one bitstream, so that its size on disk does not grow with them. */
export function avifGrid({ tile, tileSize, rows, columns, size, configurationUnits }: Tiles): Buffer {
  const tiles = Array.from({ length: rows * columns }, (_, index) => FIRST_TILE_ITEM + index);
  const grid = Buffer.concat([Buffer.from([0, 1, rows - 1, columns - 1]), u32(...size)]);
  const bitstream = av1Units(tile);
  const own = contentOf(tile, "av1C");
  const configuration = box("av1C", configurationUnits ? Buffer.concat([own.subarray(0, 4), configurationUnits]) : own);
  const properties = box(
    "ipco",
    fullBox("ispe", 0, 0, u32(...size)),
    fullBox("ispe", 0, 0, u32(...tileSize)),
    configuration,
    fullBox("pixi", 0, 0, Buffer.from([3, 8, 8, 8])),
  );
  const associations = fullBox(
    "ipma",
    0,
    0,
    u32(tiles.length + 1),
    u16(GRID_ITEM),
    Buffer.from([2, 1, 4]),
    ...tiles.map((item) => Buffer.concat([u16(item), Buffer.from([3, 2, 0x83, 4])])),
  );
  const meta = (dataOffset: number): Buffer => {
    const extent = (item: number, offset: number, length: number): Buffer =>
      Buffer.concat([u16(item, 0, 1), u32(offset, length)]);
    return fullBox(
      "meta",
      0,
      0,
      fullBox("hdlr", 0, 0, u32(0), "pict", u32(0, 0, 0), "\0"),
      fullBox("pitm", 0, 0, u16(GRID_ITEM)),
      fullBox(
        "iinf",
        0,
        0,
        u16(tiles.length + 1),
        itemInfo(GRID_ITEM, "grid"),
        ...tiles.map((t) => itemInfo(t, "av01")),
      ),
      fullBox("iref", 0, 0, box("dimg", u16(GRID_ITEM, tiles.length, ...tiles))),
      box("iprp", properties, associations),
      fullBox(
        "iloc",
        0,
        0,
        Buffer.from([0x44, 0]),
        u16(tiles.length + 1),
        extent(GRID_ITEM, dataOffset, grid.length),
        ...tiles.map((t) => extent(t, dataOffset + grid.length, bitstream.length)),
      ),
    );
  };
  return fileOf("avif", meta, [grid, bitstream]);
}

/** The same file, with other dimensions in each `ispe`. */
export function withDimensions(avif: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(avif);
  for (let at = copy.indexOf("ispe"); at >= 0; at = copy.indexOf("ispe", at + 4)) {
    copy.writeUInt32BE(width, at + 8);
    copy.writeUInt32BE(height, at + 12);
  }
  return copy;
}

/** The AV1 units of a still image without alpha. */
export const av1Units = (avif: Buffer): Buffer => contentOf(avif, "mdat");

/** A still image without alpha, with other AV1 units: our own encoder puts them last, and their length last in `iloc`. */
export function withAv1Units(avif: Buffer, units: Buffer): Buffer {
  const header = Buffer.from(avif.subarray(0, avif.indexOf("mdat") - 4));
  const iloc = header.indexOf("iloc") - 4;
  header.writeUInt32BE(units.length, iloc + header.readUInt32BE(iloc) - 4);
  return Buffer.concat([header, box("mdat", units)]);
}

/** The same file, with the second brand replaced: what a HEIC says of itself. */
export function withBrands(avif: Buffer, brand: string): Buffer {
  const text = avif.toString("latin1").replaceAll("avif", brand);
  return Buffer.from(text, "latin1");
}

/** The first box of a type, wherever it lies: good enough for what our own encoder wrote. */
function contentOf(avif: Buffer, type: string): Buffer {
  const at = avif.indexOf(type);
  return avif.subarray(at + 4, at - 4 + avif.readUInt32BE(at - 4));
}

export interface AvifItem {
  readonly type: string;
  /** Of a mime item: its content's type, a zero, and maybe an encoding. */
  readonly tail?: string;
  /** Of the data that all further items share, how much. */
  readonly bytes: number;
  readonly extents?: number;
}

interface AvifParts {
  readonly items?: readonly AvifItem[];
  /** Shared by all further items. */
  readonly data?: Buffer;
  /** In `idat` rather than in `mdat`. */
  readonly inMeta?: boolean;
  readonly properties?: readonly Buffer[];
  readonly associations?: Buffer;
  readonly references?: Buffer;
  readonly inMetaBox?: Buffer;
  readonly topLevel?: Buffer;
}

const FIRST_FURTHER_ITEM = 2;

/** A still of 64 x 64 as item 1, further items that share their data, and whatever else is put beside them. */
export async function avifWith(parts: AvifParts): Promise<Buffer> {
  const {
    items = [],
    data = Buffer.alloc(0),
    inMeta = false,
    properties = [],
    associations,
    references,
    inMetaBox = Buffer.alloc(0),
    topLevel = Buffer.alloc(0),
  } = parts;
  const still = await plain(64, 64).avif({ effort: 0 }).toBuffer();
  const units = av1Units(still);
  const infos = [
    fullBox("infe", 2, 0, u16(1, 0), "av01", "\0"),
    ...items.map(({ type, tail = "" }, index) =>
      fullBox("infe", 2, 0, u16(FIRST_FURTHER_ITEM + index, 0), type, "\0", tail),
    ),
  ];
  const cdsc = items.map((_, index) => box("cdsc", u16(FIRST_FURTHER_ITEM + index, 1, 1)));
  const meta = (offset: number): Buffer => {
    const extents = items.map(({ bytes, extents: count = 1 }, index) => {
      const one = u32(inMeta ? 0 : offset + units.length, bytes);
      return Buffer.concat([u16(FIRST_FURTHER_ITEM + index, inMeta ? 1 : 0, 0, count), Buffer.alloc(8 * count, one)]);
    });
    return fullBox(
      "meta",
      0,
      0,
      fullBox("hdlr", 0, 0, u32(0), "pict", u32(0, 0, 0), "\0"),
      fullBox("pitm", 0, 0, u16(1)),
      fullBox("iinf", 0, 0, u16(infos.length), ...infos),
      ...(cdsc.length > 0 || references ? [fullBox("iref", 0, 0, ...cdsc, references ?? Buffer.alloc(0))] : []),
      box(
        "iprp",
        box("ipco", fullBox("ispe", 0, 0, u32(64, 64)), box("av1C", contentOf(still, "av1C")), ...properties),
        associations ?? fullBox("ipma", 0, 0, u32(1), u16(1), Buffer.from([2, 1, 0x82])),
      ),
      fullBox(
        "iloc",
        1,
        0,
        Buffer.from([0x44, 0]),
        u16(infos.length),
        u16(1, 0, 0, 1),
        u32(offset, units.length),
        ...extents,
      ),
      ...(inMeta ? [box("idat", data)] : []),
      inMetaBox,
    );
  };
  const ftyp = box("ftyp", "avif", u32(0), "avif", "mif1", "miaf");
  return Buffer.concat([
    ftyp,
    meta(ftyp.length + meta(0).length + 8),
    box("mdat", units, inMeta ? Buffer.alloc(0) : data),
    topLevel,
  ]);
}
