import { createRequire } from "node:module";
import { resolve } from "node:path";
import { type Dimensions, fitInside } from "../../lambda-src/images/preview-dimensions";

/** Loads a peer from `bench/node_modules`; the working directory is the project's root. */
export const benchRequire: NodeJS.Require = createRequire(resolve("bench/package.json"));

export type OutputFormat = "jpeg" | "png";

/** Renders one image as a preview for each box: the work that every candidate in Node does. */
export type Renderer = (
  bytes: Buffer,
  boxes: readonly Dimensions[],
  output: OutputFormat,
) => Promise<readonly Buffer[]>;

/** Of JPEG, as the product has it. PNG is compressed at zlib's default level, 6, or whatever the peer has nearest. */
export const JPEG_QUALITY = 85;

/** The previews' dimensions by box, and where to begin: the largest one, from which a renderer may derive the others. */
export function previewsOf(original: Dimensions, boxes: readonly Dimensions[]): readonly Dimensions[] {
  return boxes.map((box) => fitInside(original, box));
}

export const largestOf = (previews: readonly Dimensions[]): Dimensions =>
  previews.reduce((largest, preview) => (preview.width > largest.width ? preview : largest));
