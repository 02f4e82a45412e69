import sharp from "sharp";
import type { Dimensions } from "../../lambda-src/images/preview-dimensions";

/** sRGB samples, three for each pixel, 0 to 255, row by row; transparency laid over white. */
export interface Pixels extends Dimensions {
  readonly samples: Float32Array;
}

/** An image file as everybody sees it: turned by EXIF, in sRGB, on white. */
export async function readPixels(file: string | Buffer): Promise<Pixels> {
  const { data, info } = await sharp(file, { limitInputPixels: false })
    .rotate()
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb")
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { samples: Float32Array.from(data), width: info.width, height: info.height };
}
