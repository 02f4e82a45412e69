import type { Metadata } from "sharp";
import { RejectedImage } from "./errors";
import type { ImageFormat } from "./image-format";

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
 * @throws {RejectedImage} PIXEL_LIMIT for pixels, side or estimated memory
 */
export function guardDecode(format: ImageFormat, header: Metadata, limits: DecodeLimits): void {
  const { width, height } = header;
  const refuse = (what: string, limit: number, got: number): never => {
    throw new RejectedImage(
      "PIXEL_LIMIT",
      `${what} must be at most ${limit}, got ${got} (${width}x${height} ${format})`,
    );
  };
  const longest = Math.max(width, height);
  if (longest > MAX_SIDE_PX) refuse("side in px", MAX_SIDE_PX, longest);
  const pixels = width * height;
  if (pixels > limits.maxPixels) refuse("pixels", limits.maxPixels, pixels);
  const bytes = Math.ceil(pixels * decodeBytesPerPixel(format, header));
  if (bytes > limits.memoryBudgetBytes) refuse("estimated bytes to decode", limits.memoryBudgetBytes, bytes);
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
 * Measured peaks over many sizes: what a decoder keeps of the whole image. Row by row decoding (baseline JPEG, plain PNG)
 * keeps next to nothing.
 */
function decodeBytesPerPixel(format: ImageFormat, header: Metadata): number {
  const sampleBytes = header.channels * (BYTES_PER_SAMPLE[header.depth] ?? 8);
  switch (format) {
    case "jpeg":
      // All coefficients of all scans: two bytes each.
      return header.isProgressive ? 2 * header.channels : 0;
    case "png":
      return header.isProgressive ? 1.1 * sampleBytes : 0;
    case "tiff":
      // One strip or one row of tiles may be the whole image.
      return sampleBytes;
    case "webp":
    case "gif":
      // The canvas, and the frame on it.
      return 8;
    case "avif":
      return 19;
  }
}
