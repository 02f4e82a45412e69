import type { Dimensions } from "../../lambda-src/images/preview-dimensions";
import { benchRequire, JPEG_QUALITY, largestOf, previewsOf, type Renderer } from "./renderer";

interface Transformer {
  metadata(withExif: true): Promise<Dimensions & { readonly orientation?: number }>;
  rotate(): Transformer;
  fastResize(options: Dimensions & { readonly filter: number; readonly fit: number }): Transformer;
  rawPixels(): Promise<Buffer>;
  png(): Promise<Buffer>;
  jpeg(quality: number): Promise<Buffer>;
}

interface Module {
  readonly Transformer: {
    new (bytes: Buffer): Transformer;
    fromRgbaPixels(pixels: Buffer, width: number, height: number): Transformer;
  };
  readonly FastResizeFilter: { readonly Lanczos3: number };
  readonly ResizeFit: { readonly Fill: number };
}

const { Transformer, FastResizeFilter, ResizeFit } = benchRequire("@napi-rs/image") as Module;

/** With its faster resizer. The smaller previews come from the largest. */
export const render: Renderer = async (bytes, boxes, output) => {
  const { width, height, orientation = 1 } = await new Transformer(bytes).metadata(true);
  const previews = previewsOf(orientation >= 5 ? { width: height, height: width } : { width, height }, boxes);
  const base = largestOf(previews);
  const pixels = await resized(new Transformer(bytes).rotate(), base).rawPixels();
  return Promise.all(
    previews.map((preview) => {
      const image = Transformer.fromRgbaPixels(pixels, base.width, base.height);
      const scaled = preview.width === base.width ? image : resized(image, preview);
      return output === "png" ? scaled.png() : scaled.jpeg(JPEG_QUALITY);
    }),
  );
};

const resized = (image: Transformer, { width, height }: Dimensions): Transformer =>
  image.fastResize({ width, height, filter: FastResizeFilter.Lanczos3, fit: ResizeFit.Fill });
