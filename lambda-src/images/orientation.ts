import sharp from "sharp";
import type { Pixels } from "./pixels";

interface Turn {
  readonly flip?: true;
  readonly flop?: true;
  /** Degrees clockwise, after mirroring. */
  readonly angle?: 90 | 180 | 270;
}

/** EXIF tag 0x0112. 1 and anything unknown leave the image as it is. */
const TURNS: Readonly<Record<number, Turn>> = {
  2: { flop: true },
  3: { angle: 180 },
  4: { flip: true },
  5: { flop: true, angle: 270 },
  6: { angle: 90 },
  7: { flop: true, angle: 90 },
  8: { angle: 270 },
};

/** Turning the small base instead of the original keeps libvips from holding the whole original in memory. */
export async function orientPixels(pixels: Pixels, orientation = 1): Promise<Pixels> {
  const turn = TURNS[orientation];
  if (!turn) return pixels;
  const { data, info } = await sharp(pixels.data, { raw: pixels })
    .flip(turn.flip ?? false)
    .flop(turn.flop ?? false)
    .rotate(turn.angle ?? 0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: pixels.channels };
}
