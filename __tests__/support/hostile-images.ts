import { av1Units, avifGrid, withAv1Units, withDimensions } from "../../checks/images/avif-containers";
import { gifHeader } from "../../checks/images/gif-containers";
import { deflatedZeros, jpegHeader, png, pngChunk, webpWithDimensions } from "../../checks/images/image-containers";
import { plain } from "../../checks/images/pictures";
import { tiffHeader } from "../../checks/images/tiff-containers";
import type { PermanentCode } from "../../contract/error-codes";

export interface HostileImage {
  readonly name: string;
  /** Undefined for a file that must be decoded, within the same bounds. */
  readonly code?: PermanentCode;
  bytes(): Promise<Buffer>;
}

const now = (name: string, code: PermanentCode | undefined, bytes: () => Buffer): HostileImage => ({
  name,
  ...(code && { code }),
  bytes: async () => bytes(),
});

const EDGE = 16_384;
const NOT_ENOUGH_ROWS = deflatedZeros(1000);
/** Deflates to 0.4 MB. */
const BOMB_BYTES = 400_000_000;

const smallPng = (...chunks: readonly Buffer[]): Buffer => png({ width: 10, height: 10 }, deflatedZeros(310), chunks);
const keyword = Buffer.from("Comment\0\0", "latin1");

const TEMPORAL_DELIMITER = Buffer.of(0x12, 0);
const repeated = (bytes: Buffer, times: number): Buffer => Buffer.alloc(bytes.length * times, bytes);

const tile = (): Promise<Buffer> => plain(64, 64).avif({ effort: 0 }).toBuffer();
const webp = (): Promise<Buffer> => plain(64, 64).webp({ lossless: true }).toBuffer();

/** Small files that cost much or lie about it: to be refused from the header, or decoded at next to no cost. */
export const HOSTILE_IMAGES: readonly HostileImage[] = [
  now("16k interlaced RGB PNG", "PIXEL_LIMIT", () =>
    png({ width: EDGE, height: EDGE, interlaced: true }, NOT_ENOUGH_ROWS),
  ),
  now("16k interlaced 16-bit RGBA PNG", "PIXEL_LIMIT", () =>
    png({ width: EDGE, height: EDGE, interlaced: true, bits: 16, colourType: 6 }, NOT_ENOUGH_ROWS),
  ),
  now("786464 x 32 PNG", "PIXEL_LIMIT", () => png({ width: 786_464, height: 32 })),
  now("16k progressive JPEG", "PIXEL_LIMIT", () => jpegHeader(EDGE, EDGE, 0xc2)),
  now("16k progressive CMYK JPEG", "PIXEL_LIMIT", () => jpegHeader(EDGE, EDGE, 0xc2, 4)),
  now("16k baseline JPEG in several scans", "PIXEL_LIMIT", () => jpegHeader(EDGE, EDGE, 0xc0, 3, 1)),
  now("65500 px wide JPEG", "PIXEL_LIMIT", () => jpegHeader(65_500, 8, 0xc0)),
  now("65535 x 65535 GIF frame in a canvas of 10 x 10", "PIXEL_LIMIT", () => gifHeader([10, 10], [65_535, 65_535])),
  now("65535 x 65535 GIF canvas around 10 x 10", undefined, () => gifHeader([65_535, 65_535], [10, 10])),
  now("100000 x 100000 TIFF", "PIXEL_LIMIT", () => tiffHeader(100_000, 100_000, { samples: 3, bits: 8, format: 1 })),
  now("49 MP floating-point RGBA TIFF in one strip", "PIXEL_LIMIT", () =>
    tiffHeader(7000, 7000, { samples: 4, bits: 32, format: 3 }),
  ),
  now("TIFF of 100 x 100 in a tile of 16384 x 16384", "DECODE_ERROR", () =>
    tiffHeader(100, 100, { samples: 3, bits: 8, format: 1 }, [
      [322, 4, [EDGE]],
      [323, 4, [EDGE]],
      [324, 4, [8]],
      [325, 4, [8]],
    ]),
  ),
  now("PNG with 400 MB of compressed text", undefined, () =>
    smallPng(pngChunk("zTXt", Buffer.concat([keyword, deflatedZeros(BOMB_BYTES)]))),
  ),
  now("PNG with nine comments of 20 MB each", undefined, () => {
    const text = deflatedZeros(20_000_000);
    const compressed = pngChunk("zTXt", Buffer.concat([keyword, text]));
    const international = pngChunk("iTXt", Buffer.concat([Buffer.from("Comment\0\x01\0\0\0", "latin1"), text]));
    return smallPng(...Array.from({ length: 9 }, (_, index) => (index % 2 ? compressed : international)));
  }),
  now("PNG with a colour profile of 400 MB", undefined, () =>
    smallPng(pngChunk("iCCP", Buffer.concat([keyword, deflatedZeros(BOMB_BYTES)]))),
  ),
  { name: "48 MP AVIF", code: "PIXEL_LIMIT", bytes: async () => withDimensions(await tile(), 8000, 6000) },
  { name: "268 MP WebP", code: "PIXEL_LIMIT", bytes: async () => webpWithDimensions(await webp(), 16_383, 16_383) },
  {
    name: "AVIF of 64 x 64 in four tiles that claim 48 MP each",
    code: "PIXEL_LIMIT",
    bytes: async () => avifGrid({ tile: await tile(), tileSize: [8000, 6000], rows: 2, columns: 2, size: [64, 64] }),
  },
  {
    name: "AVIF of 64 x 64 in 200 tiles that claim 300 kP each",
    code: "PIXEL_LIMIT",
    bytes: async () => avifGrid({ tile: await tile(), tileSize: [640, 480], rows: 20, columns: 10, size: [64, 64] }),
  },
  {
    name: "AVIF bitstream of 1 MP in a container that says 64 x 64",
    code: "DECODE_ERROR",
    bytes: async () => withDimensions(await plain(1000, 1000).avif({ effort: 0 }).toBuffer(), 64, 64),
  },
  {
    name: "25 MP AVIF of 2000 frames",
    code: "DECODE_ERROR",
    bytes: async () => {
      const still = await plain(5000, 5000).avif({ effort: 0 }).toBuffer();
      return withAv1Units(still, repeated(av1Units(still), 2000));
    },
  },
  {
    name: "AVIF with 2000 frames in its configuration",
    code: "DECODE_ERROR",
    bytes: async () => {
      const still = await plain(1000, 1000).avif({ effort: 0 }).toBuffer();
      const configurationUnits = repeated(av1Units(still), 2000);
      return avifGrid({
        tile: still,
        tileSize: [1000, 1000],
        rows: 1,
        columns: 1,
        size: [1000, 1000],
        configurationUnits,
      });
    },
  },
  {
    name: "AVIF of 200 tiles that share a megabyte",
    code: "DECODE_ERROR",
    bytes: async () => {
      const padded = Buffer.concat([av1Units(await tile()), repeated(TEMPORAL_DELIMITER, 500_000)]);
      return avifGrid({
        tile: withAv1Units(await tile(), padded),
        tileSize: [64, 64],
        rows: 20,
        columns: 10,
        size: [640, 1280],
      });
    },
  },
];
