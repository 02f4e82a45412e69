import type { Sharp } from "sharp";
import sharp from "sharp";
import { SeededRandom, screenshot } from "./drawing";
import { fromRaw, type RawImage, toRaw } from "./photograph";

/** One kind of upload that the benchmarks measure. */
export interface ImageClass {
  /** Also the file's name, and what `--only` takes. */
  readonly name: string;
  readonly description: string;
  /** What every candidate encodes: what the product's `PREVIEW_FORMAT=auto` chooses. */
  readonly output: "jpeg" | "png";
  encode(photograph: RawImage): Promise<Buffer>;
}

const scaled = (photograph: RawImage, width: number, height: number): Promise<RawImage> =>
  toRaw(fromRaw(photograph).resize(width, height));
const of12Mp = async (photograph: RawImage): Promise<Sharp> => fromRaw(await scaled(photograph, 4000, 3000));
const of4Mp = async (photograph: RawImage): Promise<Sharp> => fromRaw(await scaled(photograph, 2400, 1600));

export const IMAGE_CLASSES: readonly ImageClass[] = [
  {
    name: "jpeg-24mp",
    description: "JPEG, 6000x4000",
    output: "jpeg",
    encode: async (photograph) => fromRaw(photograph).jpeg({ quality: 92 }).toBuffer(),
  },
  {
    name: "jpeg-12mp",
    description: "JPEG, 4000x3000",
    output: "jpeg",
    encode: async (photograph) => (await of12Mp(photograph)).jpeg({ quality: 90 }).toBuffer(),
  },
  {
    name: "jpeg-12mp-rotated",
    description: "JPEG, 4000x3000, turned by EXIF",
    output: "jpeg",
    encode: async (photograph) =>
      (await of12Mp(photograph)).jpeg({ quality: 90 }).withMetadata({ orientation: 6 }).toBuffer(),
  },
  {
    name: "jpeg-12mp-cmyk",
    description: "JPEG, 4000x3000, CMYK",
    output: "jpeg",
    encode: async (photograph) =>
      (await of12Mp(photograph)).toColourspace("cmyk").withIccProfile("cmyk").jpeg({ quality: 90 }).toBuffer(),
  },
  {
    name: "jpeg-4mp-progressive",
    description: "progressive JPEG, 2400x1600",
    output: "jpeg",
    encode: async (photograph) => (await of4Mp(photograph)).jpeg({ quality: 88, progressive: true }).toBuffer(),
  },
  { name: "png-20mp", description: "PNG, 5472x3648", output: "png", encode: encodeScreenshot },
  { name: "png-4mp-alpha", description: "PNG with alpha, 2400x1600", output: "png", encode: encodeCutOut },
  {
    name: "webp-12mp",
    description: "WebP, 4000x3000",
    output: "jpeg",
    encode: async (photograph) => (await of12Mp(photograph)).webp({ quality: 85, effort: 3 }).toBuffer(),
  },
  {
    name: "avif-8mp",
    description: "AVIF, 3464x2309",
    output: "jpeg",
    encode: async (photograph) =>
      fromRaw(await scaled(photograph, 3464, 2309))
        .avif({ quality: 60, effort: 2 })
        .toBuffer(),
  },
  {
    name: "tiff-4mp-16bit",
    description: "TIFF, 2400x1600, 16 bit, LZW",
    output: "jpeg",
    encode: async (photograph) =>
      (await of4Mp(photograph)).toColourspace("rgb16").tiff({ compression: "lzw", predictor: "horizontal" }).toBuffer(),
  },
  { name: "gif-animated", description: "GIF, 640x480, 40 frames", output: "jpeg", encode: encodeAnimation },
];

async function encodeScreenshot(photograph: RawImage): Promise<Buffer> {
  const inset = fromRaw(await scaled(photograph, 1500, 1000));
  return sharp(screenshot(5472, 3648, new SeededRandom(20)))
    .composite([{ input: await inset.png().toBuffer(), left: 700, top: 900 }])
    .removeAlpha()
    .png({ compressionLevel: 6 })
    .toBuffer();
}

async function encodeCutOut(photograph: RawImage): Promise<Buffer> {
  const ellipse =
    '<svg xmlns="http://www.w3.org/2000/svg" width="2400" height="1600">' +
    '<ellipse cx="1200" cy="800" rx="1100" ry="700" fill="#fff"/></svg>';
  const blurred = await toRaw((await of4Mp(photograph)).blur(1.2));
  return fromRaw(blurred)
    .ensureAlpha()
    .composite([{ input: Buffer.from(ellipse), blend: "dest-in" }])
    .png()
    .toBuffer();
}

/** A window that moves over the photograph. */
async function encodeAnimation(photograph: RawImage): Promise<Buffer> {
  const width = 640;
  const height = 480;
  const frames = 40;
  const stepPx = 2;
  const strip = await scaled(photograph, width + frames * stepPx, height);
  const windows = Array.from({ length: frames }, (_, frame) =>
    fromRaw(strip)
      .extract({ left: frame * stepPx, top: 0, width, height })
      .raw()
      .toBuffer(),
  );
  const data = Buffer.concat(await Promise.all(windows));
  return sharp(data, { raw: { width, height: height * frames, channels: 3, pageHeight: height } })
    .gif({ effort: 2, colours: 64 })
    .toBuffer();
}
