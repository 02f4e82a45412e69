import type { Sharp } from "sharp";
import { rgbaToThumbHash } from "thumbhash";
import type { Dimensions } from "./preview-dimensions";

/** ThumbHash takes up to 100 px a side, and keeps no more than seven waves of them. */
export const PLACEHOLDER_BOX: Dimensions = { width: 64, height: 64 };

/**
 * About 25 bytes, base64, that decode to a blurred picture.
 * @param outline the image inside PLACEHOLDER_BOX
 * @see https://evanw.github.io/thumbhash/
 */
export async function placeholderOf(outline: Sharp): Promise<string> {
  const { data, info } = await outline.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString("base64");
}
