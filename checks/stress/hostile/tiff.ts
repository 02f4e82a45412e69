import { deflatedZeros } from "../../images/image-containers";
import { plain } from "../../images/pictures";
import { planarTiff, rawTiffPage, stripTiff, type TiffPageParts, tiffOf } from "../../images/tiff-containers";
import type { HostileClass } from "./hostile-class";

const SHORT = 3;
const LONG = 4;
const DEFLATE = 8;
const JPEG = 7;
const WEBP = 50_001;
const MIN_IS_BLACK = 1;
const RGB = 2;
const YCBCR = 6;
/** Of the first part of a file. */
const FIRST_PART = 8;

type Field = TiffPageParts["fields"][number];

interface Tiles {
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly samples?: number;
  readonly bits?: number;
  readonly format?: 1 | 3;
  /** What each holds; deflated zeros when absent. */
  readonly jpeg?: Buffer;
}

/** Tiles that all point at the same data. */
function sharedTiles({ width, height, tileWidth, tileHeight, samples = 1, bits = 8, format = 1, jpeg }: Tiles): Buffer {
  const data = jpeg ?? deflatedZeros((tileWidth * tileHeight * samples * bits) / 8);
  const count = Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight);
  const fields: readonly Field[] = [
    [322, LONG, [tileWidth]],
    [323, LONG, [tileHeight]],
    [324, LONG, Array(count).fill(FIRST_PART)],
    [325, LONG, Array(count).fill(data.length)],
    [339, SHORT, Array(samples).fill(format)],
    ...(jpeg ? ([[530, SHORT, [1, 1]]] as const) : []),
  ];
  return tiffOf([
    rawTiffPage({
      width,
      height,
      samples,
      bits,
      photometric: jpeg ? YCBCR : samples < 3 ? MIN_IS_BLACK : RGB,
      compression: jpeg ? JPEG : DEFLATE,
      data,
      fields,
    }),
  ]);
}

/** Strips of one row that all point at the same data. */
function sharedStrips(
  width: number,
  height: number,
  samples: number,
  bits: number,
  compression: number,
  data: Buffer,
  rows = 1,
): Buffer {
  const count = Math.ceil(height / rows);
  const photometric = compression === JPEG ? YCBCR : samples < 3 ? MIN_IS_BLACK : RGB;
  const fields: readonly Field[] = [
    [273, LONG, Array(count).fill(FIRST_PART)],
    [278, LONG, [rows]],
    [279, LONG, Array(count).fill(data.length)],
    ...(compression === JPEG ? ([[530, SHORT, [1, 1]]] as const) : []),
  ];
  return tiffOf([rawTiffPage({ width, height, samples, bits, photometric, compression, data, fields })]);
}

/** A small grey picture. */
const greyTiff = (data: Buffer, fields: readonly Field[]): Buffer =>
  tiffOf([rawTiffPage({ width: 64, height: 64, samples: 1, bits: 8, photometric: MIN_IS_BLACK, data, fields })]);

/** A field of unsigned bytes would be as large: four bytes each. */
const withField = (tag: number, bytes: number): Buffer =>
  greyTiff(Buffer.alloc(64 * 64), [[tag, LONG, Array(Math.floor(bytes / 4)).fill(0x41414141)]]);

const progressive = async (width: number, height: number, furtherScans = 80): Promise<Buffer> => {
  const image = await plain(width, height)
    .jpeg({ progressive: true, quality: 1, chromaSubsampling: "4:4:4" })
    .toBuffer();
  const last = image.lastIndexOf(Buffer.of(0xff, 0xda));
  return Buffer.concat([
    image.subarray(0, -2),
    ...Array.from({ length: furtherScans }, () => image.subarray(last, -2)),
    image.subarray(-2),
  ]);
};

export const HOSTILE_TIFFS: readonly HostileClass[] = [
  {
    name: "TIFF: tiles of 16 x 1000000 on 30000 x 16",
    bytes: () => sharedTiles({ width: 30_000, height: 16, tileWidth: 16, tileHeight: 1_000_000 }),
  },
  {
    name: "TIFF: tiles of 16 x 30000 on 30000 x 16",
    bytes: () => sharedTiles({ width: 30_000, height: 16, tileWidth: 16, tileHeight: 30_000 - (30_000 % 16) }),
  },
  {
    name: "TIFF: tiles of 4096 x 4096 on 30000 x 1",
    bytes: () => sharedTiles({ width: 30_000, height: 1, tileWidth: 4096, tileHeight: 4096, samples: 3 }),
  },
  {
    name: "TIFF: tiles of 4096 x 4096 on 1 x 30000",
    bytes: () => sharedTiles({ width: 1, height: 30_000, tileWidth: 4096, tileHeight: 4096, samples: 4, bits: 16 }),
  },
  {
    name: "TIFF: a tile of 8192 x 8192 of float RGBA around 100 x 100",
    bytes: () =>
      sharedTiles({ width: 100, height: 100, tileWidth: 8192, tileHeight: 8192, samples: 4, bits: 32, format: 3 }),
  },
  {
    name: "TIFF: tiles of 16 x 8192 of 80 scans each on 30000 x 1",
    bytes: async () =>
      sharedTiles({
        width: 30_000,
        height: 1,
        tileWidth: 16,
        tileHeight: 8192,
        samples: 3,
        jpeg: await progressive(16, 8192),
      }),
  },
  {
    name: "TIFF: tiles of 8192 x 16 of 80 scans each on 1 x 30000",
    bytes: async () =>
      sharedTiles({
        width: 1,
        height: 30_000,
        tileWidth: 8192,
        tileHeight: 16,
        samples: 3,
        jpeg: await progressive(8192, 16),
      }),
  },
  {
    name: "TIFF: tiles of 16 x 8192 of float RGBA on 30000 x 1",
    bytes: () =>
      sharedTiles({ width: 30_000, height: 1, tileWidth: 16, tileHeight: 8192, samples: 4, bits: 32, format: 3 }),
  },
  {
    name: "TIFF: tiles of 16 x 8192 of 20 scans each on 2000 x 1",
    bytes: async () =>
      sharedTiles({
        width: 2000,
        height: 1,
        tileWidth: 16,
        tileHeight: 8192,
        samples: 3,
        jpeg: await progressive(16, 8192, 10),
      }),
  },
  {
    name: "TIFF: 49 MP in tiles of 16 x 8192",
    bytes: () => sharedTiles({ width: 7000, height: 7000, tileWidth: 16, tileHeight: 7008, samples: 3 }),
  },
  {
    name: "TIFF: 49 MP in tiles of 16 x 16",
    bytes: () => sharedTiles({ width: 7000, height: 7000, tileWidth: 16, tileHeight: 16, samples: 3 }),
  },
  {
    name: "TIFF: 49 MP of rows that share their data",
    bytes: () => sharedStrips(7000, 7000, 3, 8, DEFLATE, deflatedZeros(21_000)),
  },
  {
    name: "TIFF: 30000 strips with a JPEG of 80 scans each",
    bytes: async () => sharedStrips(1024, 30_000, 3, 8, JPEG, await progressive(1024, 1024), 1024),
  },
  {
    name: "TIFF: 49 MP of a WebP",
    bytes: async () =>
      sharedStrips(7000, 7000, 3, 8, WEBP, await plain(7000, 7000).webp({ effort: 0 }).toBuffer(), 7000),
  },
  {
    name: "TIFF: 49 MP of a progressive JPEG",
    bytes: async () =>
      sharedStrips(
        7000,
        7000,
        3,
        8,
        JPEG,
        await plain(7000, 7000).jpeg({ progressive: true, quality: 1, chromaSubsampling: "4:4:4" }).toBuffer(),
        7000,
      ),
  },
  ...[270, 700, 33_723, 34_377, 34_675, 37_724, 60_000].map(
    (tag): HostileClass => ({ name: `TIFF: a large field ${tag}`, bytes: (max) => withField(tag, max - 6000) }),
  ),
  {
    name: "TIFF: many strips",
    bytes: (max) =>
      greyTiff(Buffer.alloc(64), [
        [278, LONG, [1]],
        [273, LONG, Array(Math.floor(max / 8) - 1000).fill(8)],
        [279, LONG, Array(Math.floor(max / 8) - 1000).fill(1)],
      ]),
  },
  {
    name: "TIFF: largest planes of float RGB",
    bytes: () => planarTiff(5840, 5840, { samples: 3, bits: 32, format: 3 }),
  },
  { name: "TIFF: largest strip of float RGB", bytes: () => stripTiff(5840, 5840, { samples: 3, bits: 32, format: 3 }) },
  { name: "TIFF: 49 MP of RGBA planes", bytes: () => planarTiff(7000, 7000, { samples: 4, bits: 16, format: 1 }) },
  {
    name: "TIFF: 49 MP of RGB and an unspecified channel",
    bytes: () =>
      tiffOf([
        rawTiffPage({
          width: 7000,
          height: 7000,
          samples: 4,
          bits: 16,
          photometric: RGB,
          compression: DEFLATE,
          data: deflatedZeros(7000 * 7000 * 8),
          fields: [[338, SHORT, [0]]],
        }),
      ]),
  },
  {
    name: "TIFF: 49 MP of CMYK",
    bytes: () =>
      tiffOf([
        rawTiffPage({
          width: 7000,
          height: 7000,
          samples: 4,
          bits: 16,
          photometric: 5,
          compression: DEFLATE,
          data: deflatedZeros(7000 * 7000 * 8),
        }),
      ]),
  },
  {
    name: "TIFF: 49 MP of one bit in one strip",
    bytes: () =>
      tiffOf([
        rawTiffPage({
          width: 7000,
          height: 7000,
          samples: 1,
          bits: 1,
          photometric: MIN_IS_BLACK,
          compression: DEFLATE,
          data: deflatedZeros((7000 * 7000) / 8),
        }),
      ]),
  },
];
