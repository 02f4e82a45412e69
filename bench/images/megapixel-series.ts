import type { Sharp } from "sharp";
import type { ImageClass } from "./image-classes";
import { fromRaw } from "./raw-image";

/** One format at growing sizes, all of one photograph. */
export interface MegapixelSeries {
  readonly format: string;
  readonly images: readonly (ImageClass & { readonly megapixels: number })[];
}

const SIZES_MP = [1, 2, 5, 10, 20, 35, 50];
/** As far as the guard lets through with 1,024 MB, or nearly. */
const AVIF_SIZES_MP = [1, 2, 5, 10, 20];

const ENCODERS: readonly (readonly [format: string, sizes: readonly number[], encode: (image: Sharp) => Sharp])[] = [
  ["jpeg", SIZES_MP, (image) => image.jpeg({ quality: 90 })],
  ["jpeg-progressive", SIZES_MP, (image) => image.jpeg({ quality: 88, progressive: true })],
  ["png", SIZES_MP, (image) => image.png({ compressionLevel: 6 })],
  ["webp", SIZES_MP, (image) => image.webp({ quality: 85, effort: 1 })],
  ["avif", AVIF_SIZES_MP, (image) => image.avif({ quality: 60, effort: 0 })],
  ["tiff", SIZES_MP, (image) => image.tiff({ compression: "lzw", predictor: "horizontal" })],
];

export const MEGAPIXEL_SERIES: readonly MegapixelSeries[] = ENCODERS.map(([format, sizes, encode]) => ({
  format,
  images: sizes.map((size) => {
    const width = Math.round(Math.sqrt(size * 1e6 * 1.5));
    const height = Math.round(width / 1.5);
    return {
      name: `series-${format}-${size}mp`,
      description: `${format}, ${width}x${height}`,
      output: format === "png" ? "png" : "jpeg",
      megapixels: (width * height) / 1e6,
      encode: (photograph) => encode(fromRaw(photograph).resize(width, height)).toBuffer(),
    };
  }),
}));
