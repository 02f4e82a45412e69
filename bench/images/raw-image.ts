import sharp, { type Sharp } from "sharp";

/** 8-bit samples, row by row without padding. */
export interface RawImage {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

export const fromRaw = (image: RawImage): Sharp => sharp(image.data, { raw: image, limitInputPixels: false });

/** What a pipeline of sharp draws, as three channels. */
export async function toRaw(image: Sharp): Promise<RawImage> {
  const { data, info } = await image.removeAlpha().toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 3 };
}
