import type { PreviewFormat, PreviewSize } from "../../contract/processing-settings";
import { decodeImage } from "./decode";
import type { DecodeLimits } from "./decode-guard";
import type { Dimensions } from "./preview-dimensions";
import { type RenderedPreviews, renderPreviews } from "./previews";

/** Facts of the original at once, each preview as its encoder ends. */
export interface RenderedImage extends RenderedPreviews {
  readonly facts: Dimensions & { readonly format: string };
}

/**
 * The image work of one upload: one decode, then every preview and the placeholder from its base.
 * @throws {RejectedImage} UNSUPPORTED_FORMAT, PIXEL_LIMIT, DECODE_ERROR
 */
export async function renderImage(
  bytes: Buffer,
  sizes: readonly PreviewSize[],
  format: PreviewFormat,
  limits: DecodeLimits,
): Promise<RenderedImage> {
  const image = await decodeImage(bytes, sizes, limits);
  return {
    facts: { ...image.dimensions, format: image.format },
    ...renderPreviews(image, sizes, format),
  };
}
