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
  return { data: withoutFourth(data, width * height), width, height, channels: 3 };
}

function isOpaque({ data }: Pixels): boolean {
  for (let offset = 3; offset < data.length; offset += 4) if (data[offset] !== 255) return false;
  return true;
}

/** Four pixels at a time, as four little-endian words in and three words out: many times as fast as byte by byte. */
function withoutFourth(data: Buffer, pixels: number): Buffer {
  const target = Buffer.allocUnsafeSlow(pixels * 3);
  const inWords = data.byteOffset % 4 === 0 ? pixels - (pixels % 4) : 0;
  const from = inWords > 0 ? new Uint32Array(data.buffer, data.byteOffset, inWords) : [];
  const to = new Uint32Array(target.buffer, 0, (inWords / 4) * 3);
  for (let read = 0, written = 0; read < inWords; read += 4, written += 3) {
    const a = from[read] ?? 0;
    const b = from[read + 1] ?? 0;
    const c = from[read + 2] ?? 0;
    const d = from[read + 3] ?? 0;
    to[written] = (a & 0xffffff) | (b << 24);
    to[written + 1] = ((b >>> 8) & 0xffff) | (c << 16);
    to[written + 2] = ((c >>> 16) & 0xff) | (d << 8);
  }
  for (let pixel = inWords; pixel < pixels; pixel += 1) data.copy(target, pixel * 3, pixel * 4, pixel * 4 + 3);
  return target;
}
