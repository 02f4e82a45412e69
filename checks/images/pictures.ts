import sharp, { type Sharp } from "sharp";
import { planarTiff } from "./tiff-containers";

export interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

/** Of the four quarters of a test picture, in reading order. All differ, so that no turn or mirroring goes unseen. */
export const QUARTERS: readonly Rgb[] = [
  { r: 200, g: 40, b: 40 },
  { r: 40, g: 180, b: 60 },
  { r: 40, g: 60, b: 200 },
  { r: 230, g: 220, b: 120 },
];

/** The centres of the four quarters, as shares of width and height. */
export const QUARTER_CENTRES = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
] as const;

/** A picture of four coloured quarters. `alpha` holds for the first quarter alone. */
export function quarters(width: number, height: number, alpha?: number): Sharp {
  const channels = alpha === undefined ? 3 : 4;
  const data = Buffer.alloc(width * height * channels, 255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const quarter = (y * 2 >= height ? 2 : 0) + (x * 2 >= width ? 1 : 0);
      const { r, g, b } = QUARTERS[quarter] ?? { r: 0, g: 0, b: 0 };
      const first = quarter === 0 && alpha !== undefined ? [alpha] : [];
      data.set([r, g, b, ...first], (y * width + x) * channels);
    }
  }
  return sharp(data, { raw: { width, height, channels } });
}

/** One colour, quick to make at any size. */
export function plain(width: number, height: number, { r, g, b }: Rgb = { r: 200, g: 100, b: 50 }): Sharp {
  return sharp({ create: { width, height, channels: 3, background: { r, g, b } }, limitInputPixels: false });
}

/** Pixels as 8-bit RGBA, to compare samples: `at` takes shares of width and height. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): readonly [number, number, number, number];
}

export async function samplesOf(image: Buffer | Sharp): Promise<Samples> {
  const decoded = Buffer.isBuffer(image) ? sharp(image) : image;
  const { data, info } = await decoded
    .toColourspace("srgb")
    .ensureAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return {
    width,
    height,
    at(x, y) {
      const offset = (Math.floor(y * height) * width + Math.floor(x * width)) * 4;
      return [data[offset] ?? 0, data[offset + 1] ?? 0, data[offset + 2] ?? 0, data[offset + 3] ?? 0];
    },
  };
}

/** The largest difference in any channel. */
export function distance(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, channel) => Math.abs(value - (b[channel] ?? 0))));
}

const WIDTH = 96;
const HEIGHT = 64;

/** Two frames of which the first is the picture of quarters and the second is black. */
export async function animated(format: "gif" | "webp"): Promise<Buffer> {
  const picture = await quarters(WIDTH, HEIGHT).raw().toBuffer();
  const frames = Buffer.concat([picture, Buffer.alloc(picture.length)]);
  const raw = { width: WIDTH, height: HEIGHT * 2, channels: 3, pageHeight: HEIGHT } as const;
  const image = sharp(frames, { raw });
  return format === "gif" ? image.gif().toBuffer() : image.webp().toBuffer();
}

/** One valid image of every kind that is accepted, small, by name. The same bytes every time. */
export const VALID_IMAGES: Readonly<Record<string, () => Promise<Buffer>>> = {
  "baseline.jpg": () => quarters(WIDTH, HEIGHT).jpeg().toBuffer(),
  "progressive.jpg": () => quarters(WIDTH, HEIGHT).jpeg({ progressive: true }).toBuffer(),
  "grey.jpg": () => quarters(WIDTH, HEIGHT).toColourspace("b-w").jpeg().toBuffer(),
  "cmyk.jpg": () => quarters(WIDTH, HEIGHT).toColourspace("cmyk").jpeg().toBuffer(),
  "exif.jpg": () => quarters(WIDTH, HEIGHT).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  "rgb.png": () => quarters(WIDTH, HEIGHT).png().toBuffer(),
  "alpha.png": () => quarters(WIDTH, HEIGHT, 0).png().toBuffer(),
  "interlaced.png": () => quarters(WIDTH, HEIGHT).png({ progressive: true }).toBuffer(),
  "palette.png": () => quarters(WIDTH, HEIGHT).png({ palette: true }).toBuffer(),
  "rgb16.png": () => quarters(WIDTH, HEIGHT).toColourspace("rgb16").png().toBuffer(),
  "lossy.webp": () => quarters(WIDTH, HEIGHT).webp().toBuffer(),
  "lossless.webp": () => quarters(WIDTH, HEIGHT, 0).webp({ lossless: true }).toBuffer(),
  "animated.webp": () => animated("webp"),
  "still.gif": () => quarters(WIDTH, HEIGHT, 0).gif().toBuffer(),
  "animated.gif": () => animated("gif"),
  "deflate.tif": () => quarters(WIDTH, HEIGHT).tiff({ compression: "deflate" }).toBuffer(),
  "tiled.tif": () =>
    quarters(WIDTH, HEIGHT, 0).tiff({ compression: "lzw", tile: true, tileWidth: 32, tileHeight: 32 }).toBuffer(),
  "jpeg.tif": () => quarters(WIDTH, HEIGHT).tiff({ compression: "jpeg" }).toBuffer(),
  "float.tif": () => quarters(WIDTH, HEIGHT).toColourspace("scrgb").tiff({ compression: "none" }).toBuffer(),
  "planar.tif": async () => planarTiff(WIDTH, HEIGHT, { samples: 3, bits: 8, format: 1 }),
  "opaque.avif": () => quarters(WIDTH, HEIGHT).avif({ effort: 0 }).toBuffer(),
  "alpha.avif": () => quarters(WIDTH, HEIGHT, 0).avif({ effort: 0 }).toBuffer(),
  "deep.avif": () => quarters(WIDTH, HEIGHT).avif({ effort: 0, bitdepth: 12 }).toBuffer(),
};
