import { DEFAULT_SETTINGS } from "../../contract/read-settings";
import { DECODE_SHARE_OF_MEMORY } from "../../lambda-src/images/decode-guard";
import { renderImage } from "../../lambda-src/images/render-image";
import type { Renderer } from "./renderer";

/** As the function with its default memory and limits. */
const LIMITS = {
  maxPixels: DEFAULT_SETTINGS.MAX_IMAGE_PIXELS,
  memoryBudgetBytes: DECODE_SHARE_OF_MEMORY * DEFAULT_SETTINGS.LAMBDA_MEMORY_MB * 1_048_576,
};

/** The product itself: everything between an upload's bytes and its previews' bytes, placeholder included. */
export const render: Renderer = async (bytes, boxes, output) => {
  const sizes = boxes.map((box) => ({ ...box, name: `${box.width}x${box.height}` }));
  const { previews, placeholder } = await renderImage(bytes, sizes, output, LIMITS);
  const rendered = await Promise.all(previews);
  await placeholder;
  return rendered.map(({ body }) => body);
};
