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

const PEAK = 255;
/** What identical images are said to have, which would be infinite. */
const MAX_DB = 99;

/**
 * Peak signal to noise ratio over all samples, in dB.
 * @throws {RangeError} when the dimensions differ
 */
export function psnr(image: Pixels, truth: Pixels): number {
  assertSameDimensions(image, truth);
  const squares = image.samples.reduce((sum, sample, index) => sum + (sample - (truth.samples[index] ?? 0)) ** 2, 0);
  const meanSquare = squares / image.samples.length;
  return meanSquare === 0 ? MAX_DB : Math.min(MAX_DB, 10 * Math.log10((PEAK * PEAK) / meanSquare));
}

const WINDOW = 8;
const STEP = 4;
const C1 = (0.01 * PEAK) ** 2;
const C2 = (0.03 * PEAK) ** 2;

/**
 * Structural similarity of brightness: the mean over windows of 8x8 px, every 4 px. 1 is the same image.
 * @throws {RangeError} when the dimensions differ
 * @see Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004
 */
export function ssim(image: Pixels, truth: Pixels): number {
  assertSameDimensions(image, truth);
  const { width, height } = image;
  const [a, b] = [brightness(image), brightness(truth)];
  const side = { x: Math.min(WINDOW, width), y: Math.min(WINDOW, height) };
  let total = 0;
  let count = 0;
  for (let top = 0; top + side.y <= height; top += STEP)
    for (let left = 0; left + side.x <= width; left += STEP) {
      total += similarity(a, b, top * width + left, width, side);
      count += 1;
    }
  return total / count;
}

function similarity(
  a: Float32Array,
  b: Float32Array,
  offset: number,
  stride: number,
  side: { readonly x: number; readonly y: number },
): number {
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let y = 0; y < side.y; y += 1)
    for (let x = 0; x < side.x; x += 1) {
      const left = a[offset + y * stride + x] ?? 0;
      const right = b[offset + y * stride + x] ?? 0;
      sumA += left;
      sumB += right;
      squaresA += left * left;
      squaresB += right * right;
      products += left * right;
    }
  const count = side.x * side.y;
  const [meanA, meanB] = [sumA / count, sumB / count];
  const varianceA = squaresA / count - meanA * meanA;
  const varianceB = squaresB / count - meanB * meanB;
  const covariance = products / count - meanA * meanB;
  return (
    ((2 * meanA * meanB + C1) * (2 * covariance + C2)) /
    ((meanA * meanA + meanB * meanB + C1) * (varianceA + varianceB + C2))
  );
}

/** Rec. 601 luma, as in JPEG. */
function brightness({ samples, width, height }: Pixels): Float32Array {
  return Float32Array.from({ length: width * height }, (_, pixel) => {
    const [red = 0, green = 0, blue = 0] = samples.subarray(pixel * 3, pixel * 3 + 3);
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  });
}

function assertSameDimensions(a: Pixels, b: Pixels): void {
  if (a.width !== b.width || a.height !== b.height)
    throw new RangeError(`images must have the same dimensions, got ${a.width}x${a.height} and ${b.width}x${b.height}`);
}
