import { benchRequire, JPEG_QUALITY, largestOf, previewsOf, type Renderer } from "./renderer";

interface JimpImage {
  readonly width: number;
  readonly height: number;
  clone(): JimpImage;
  resize(size: { readonly w: number; readonly h: number }): JimpImage;
  getBuffer(type: string, options: object): Promise<Buffer>;
}

const { Jimp } = benchRequire("jimp") as { readonly Jimp: { fromBuffer(bytes: Buffer): Promise<JimpImage> } };

/** Turned by EXIF while it is read. The smaller previews come from the largest. */
export const render: Renderer = async (bytes, boxes, output) => {
  const original = await Jimp.fromBuffer(bytes);
  const previews = previewsOf(original, boxes);
  const largest = largestOf(previews);
  const base = original.resize({ w: largest.width, h: largest.height });
  return Promise.all(
    previews.map(({ width, height }) => {
      const preview = base.clone().resize({ w: width, h: height });
      return output === "png"
        ? preview.getBuffer("image/png", { deflateLevel: 6 })
        : preview.getBuffer("image/jpeg", { quality: JPEG_QUALITY });
    }),
  );
};
