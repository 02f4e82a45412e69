import type { Dimensions } from "./preview-dimensions";

/** 8-bit sRGB, row by row without padding. */
export interface Pixels extends Dimensions {
  readonly data: Buffer;
  readonly channels: 3 | 4;
}

/** Whether any pixel is not opaque: many files carry an alpha channel that says nothing. */
export function hasTransparency({ data, channels }: Pixels): boolean {
  if (channels === 3) return false;
  for (let offset = 3; offset < data.length; offset += 4) if (data[offset] !== 255) return true;
  return false;
}
