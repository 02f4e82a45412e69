import { rgbaToThumbHash } from "thumbhash";
import type { Pixels } from "./pixels";
import type { Dimensions } from "./preview-dimensions";

/**
 * ThumbHash takes up to 100 px a side, and keeps seven waves of them. It is slow where it runs for the first time, which in a
 * function is at somebody's upload: 28 ms of CPU at 64 px a side, 11 at 32.
 */
const LONG_SIDE = 32;

/** Three waves across the short side are kept even of a panorama; of fewer pixels than waves they would mean nothing. */
const MIN_SIDE = 4;

/** Of a cell that has at least twice as many pixels a side, every nth is taken: seven waves need no more of a photo. */
const SAMPLES_PER_SIDE = 8;

/**
 * About 25 bytes, base64, that decode to a blurred picture.
 * @param pixels the whole image, of any size
 * @see https://evanw.github.io/thumbhash/
 */
export function placeholderOf(pixels: Pixels): string {
  const scale = LONG_SIDE / Math.max(pixels.width, pixels.height);
  const sideOf = (side: number): number => Math.max(MIN_SIDE, Math.round(side * scale));
  const cells = { width: sideOf(pixels.width), height: sideOf(pixels.height) };
  return Buffer.from(rgbaToThumbHash(cells.width, cells.height, averagesOf(pixels, cells))).toString("base64");
}

/**
 * The mean colour of each cell, as RGBA; a pixel may be in several. Not by libvips: a call of it takes 2 ms, however small the
 * image.
 */
function averagesOf(pixels: Pixels, cells: Dimensions): Uint8ClampedArray {
  const columns = spansOf(pixels.width, cells.width);
  const rows = spansOf(pixels.height, cells.height);
  const averages = new Uint8ClampedArray(cells.width * cells.height * 4);
  let offset = 0;
  for (const row of rows)
    for (const column of columns) {
      averages.set(averageOf(pixels, column, row), offset);
      offset += 4;
    }
  return averages;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly stride: number;
}

/** A side in px in so many parts, each of at least a pixel. */
const spansOf = (side: number, parts: number): readonly Span[] =>
  Array.from({ length: parts }, (_, index) => {
    const from = Math.floor((index * side) / parts);
    const to = Math.max(from + 1, Math.floor(((index + 1) * side) / parts));
    return { from, to, stride: Math.max(1, Math.floor((to - from) / SAMPLES_PER_SIDE)) };
  });

/** Colours count by their opacity. */
function averageOf(
  { data, width, channels }: Pixels,
  columns: Span,
  rows: Span,
): readonly [red: number, green: number, blue: number, alpha: number] {
  let red = 0;
  let green = 0;
  let blue = 0;
  let opacity = 0;
  let count = 0;
  for (let y = rows.from; y < rows.to; y += rows.stride)
    for (let x = columns.from; x < columns.to; x += columns.stride) {
      const offset = (y * width + x) * channels;
      const alpha = channels === 4 ? (data[offset + 3] ?? 0) : 255;
      red += (data[offset] ?? 0) * alpha;
      green += (data[offset + 1] ?? 0) * alpha;
      blue += (data[offset + 2] ?? 0) * alpha;
      opacity += alpha;
      count += 1;
    }
  if (opacity === 0) return [0, 0, 0, 0];
  return [red / opacity, green / opacity, blue / opacity, opacity / count];
}
