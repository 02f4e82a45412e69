import type { Dimensions } from "./preview-dimensions";

/** 8-bit sRGB, row by row without padding. */
export interface Pixels extends Dimensions {
  readonly data: Buffer;
  readonly channels: 3 | 4;
}

/** Many files carry an alpha channel that says nothing, and scaling with one takes longer than without. */
export function withoutOpaqueAlpha(pixels: Pixels): Pixels {
  if (pixels.channels === 3 || !isOpaque(pixels)) return pixels;
  const { data, width, height } = pixels;
  const colours = Buffer.allocUnsafe(width * height * 3);
  for (let from = 0, to = 0; to < colours.length; from += 4, to += 3) {
    colours[to] = data[from] ?? 0;
    colours[to + 1] = data[from + 1] ?? 0;
    colours[to + 2] = data[from + 2] ?? 0;
  }
  return { data: colours, width, height, channels: 3 };
}

function isOpaque({ data }: Pixels): boolean {
  for (let offset = 3; offset < data.length; offset += 4) if (data[offset] !== 255) return false;
  return true;
}
