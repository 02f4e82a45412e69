import { renderImage } from "../../lambda-src/images/render-image";
import type { Renderer } from "./renderer";

/** As the function with 1,024 MB and default limits. */
const LIMITS = { maxPixels: 50_000_000, memoryBudgetBytes: 0.6 * 1024 * 1_048_576 };

/** The product itself: everything between an upload's bytes and its previews' bytes, placeholder included. */
export const render: Renderer = async (bytes, boxes, output) => {
  const sizes = boxes.map((box) => ({ ...box, name: `${box.width}x${box.height}` }));
  const { previews, placeholder } = await renderImage(bytes, sizes, output, LIMITS);
  const rendered = await Promise.all(previews);
  await placeholder;
  return rendered.map(({ body }) => body);
};
