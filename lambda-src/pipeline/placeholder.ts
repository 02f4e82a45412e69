import sharp from "sharp";
import { rgbaToThumbHash } from "thumbhash";
import type { Pixels } from "./pixels";
import { fitInside } from "./preview-dimensions";

/** ThumbHash takes at most 100 px a side. */
const BOX = { width: 100, height: 100 };

/** About 25 bytes, base64, that decode to a blurred picture. @see https://evanw.github.io/thumbhash/ */
export async function placeholderOf(base: Pixels): Promise<string> {
  const { width, height } = fitInside(base, BOX);
  const rgba = await sharp(base.data, { raw: base })
    .resize({ width, height, fit: "fill" })
    .ensureAlpha()
    .raw()
    .toBuffer();
  return Buffer.from(rgbaToThumbHash(width, height, rgba)).toString("base64");
}
