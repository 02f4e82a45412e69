import type { Metadata } from "sharp";
import { avifDecodedPixels } from "./formats/avif-pixels";
import type { ImageFormat } from "./formats/image-format";
import { RejectedImage } from "./formats/rejected-image";

export interface DecodeLimits {
  /** Width times height, in px. */
  readonly maxPixels: number;
  /** What decoding may take at most, by estimate. */
  readonly memoryBudgetBytes: number;
}

/** The share of the function's memory that one decode may take: the rest is Node, the body, the previews and headroom. */
export const DECODE_SHARE_OF_MEMORY = 0.6;

/** libvips' own formats end at 65,535 px or before; beyond this one side alone makes rows too long for the budget. */
const MAX_SIDE_PX = 30_000;

/**
 * Refuses what cannot be decoded in the memory there is, from the header alone.
 * @throws {RejectedImage} PIXEL_LIMIT for pixels, side or estimated memory, DECODE_ERROR for an AVIF that cannot be estimated
 */
export function guardDecode(format: ImageFormat, header: Metadata, bytes: Buffer, limits: DecodeLimits): void {
  const { width, height } = header;
  const refuse = (what: string, limit: number, got: number): never => {
    throw new RejectedImage(
      "PIXEL_LIMIT",
      `${what} must be at most ${limit}, got ${got} (${width}x${height} ${format})`,
    );
  };
  const longest = Math.max(width, height);
  if (longest > MAX_SIDE_PX) refuse("side in px", MAX_SIDE_PX, longest);
  const pixels = Math.max(width * height, format === "avif" ? decodedPixels(bytes) : 0);
  if (pixels > limits.maxPixels) refuse("pixels", limits.maxPixels, pixels);
  const memoryBytes = Math.ceil(pixels * decodeBytesPerPixel(format, header));
  if (memoryBytes > limits.memoryBudgetBytes)
    refuse("estimated bytes to decode", Math.floor(limits.memoryBudgetBytes), memoryBytes);
}

function decodedPixels(avif: Buffer): number {
  try {
    return avifDecodedPixels(avif);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RejectedImage("DECODE_ERROR", `the AVIF cannot be decoded: ${reason}`, { cause });
  }
}

/** Bytes per sample of libvips' band formats. */
const BYTES_PER_SAMPLE: Readonly<Record<string, number>> = {
  uchar: 1,
  char: 1,
  ushort: 2,
  short: 2,
  uint: 4,
  int: 4,
  float: 4,
  complex: 8,
  double: 8,
  dpcomplex: 16,
};

/**
 * What decoding adds to the process, in bytes for each pixel: the highest peak of resident memory measured for its kind at 24
 * to 50 megapixels, rounded up. Row by row decoding (baseline JPEG, plain PNG) keeps next to nothing.
 */
function decodeBytesPerPixel(format: ImageFormat, header: Metadata): number {
  const sampleBytes = header.channels * (BYTES_PER_SAMPLE[header.depth] ?? 8);
  switch (format) {
    case "jpeg":
      // All coefficients of all scans: two bytes each. Measured 5.9 with three channels, 7.9 with four.
      return header.isProgressive ? 2 * header.channels : 0;
    case "png":
      // All rows of the last pass, and the ones being built. Measured 1.16.
      return header.isProgressive ? 1.2 * sampleBytes : 0;
    case "tiff":
      // Separate planes are joined as a whole, which the header does not tell. Measured 1.40 to 1.48; 0.2 where they lie together.
      return 1.5 * sampleBytes;
    case "webp":
    case "gif":
      // The canvas, and the frame on it. Measured 5.6.
      return 8;
    case "avif":
      // The decoder's planes, libheif's and the interleaved pixels. Measured 18.1 with 8 bits, 24.5 with 10 and 12. The
      // container may say 8 bits of a bitstream that has 12.
      return 25;
  }
}
