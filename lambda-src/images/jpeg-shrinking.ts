import type { Dimensions } from "./preview-dimensions";

/** What sharp is asked for: both sides, or one from which it computes the other. */
export type Resize =
  | { readonly width: number; readonly height: number; readonly fit: "fill" }
  | { readonly width: number }
  | { readonly height: number };

/**
 * libjpeg decodes at a fraction of the size, of which libvips keeps whole pixels: of 750 rows at a quarter 187, without the last
 * half row. Taking them for the whole would shift the picture by a part of a pixel, which costs up to ten decibels. So this asks
 * for the longer side alone where that keeps the shorter one closer to its place, and for both where it does not.
 */
export function resizeOfJpeg(original: Dimensions, base: Dimensions): Resize {
  const fill = { ...base, fit: "fill" } as const;
  const fraction = shrinkOnLoad(original, base);
  const decoded = { width: Math.floor(original.width / fraction), height: Math.floor(original.height / fraction) };
  const byWidth = original.width >= original.height;
  const [leading, following] = byWidth ? (["width", "height"] as const) : (["height", "width"] as const);
  const scale = decoded[leading] / base[leading];
  // Near a half it is not known how libvips rounds.
  if (Math.abs(decoded[following] / scale - base[following]) > 0.49) return fill;
  // Where the last row or column would lie in the original, against where it should.
  const shift = (rowsPerRow: number): number =>
    Math.abs((fraction * rowsPerRow * base[following]) / original[following] - 1);
  if (shift(scale) >= shift(decoded[following] / base[following])) return fill;
  return byWidth ? { width: base.width } : { height: base.height };
}

/** What sharp chooses. @see https://github.com/lovell/sharp/blob/v0.35.5/src/pipeline.cc */
function shrinkOnLoad(original: Dimensions, base: Dimensions): 1 | 2 | 4 | 8 {
  const shrink = Math.min(original.width / base.width, original.height / base.height);
  // One less where libjpeg alone would do it, because its rounding shows most there.
  if (shrink >= 9) return 8;
  if (shrink >= 5) return 4;
  return shrink >= 3 ? 2 : 1;
}
