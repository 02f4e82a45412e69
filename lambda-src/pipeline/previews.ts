import sharp, { type Sharp } from "sharp";
import type { PreviewFormat, PreviewSize } from "../processing-settings";
import type { DecodedImage } from "./decode";
import type { PreviewDetails } from "./image-record";
import { fitInside } from "./preview-dimensions";

type OutputFormat = Exclude<PreviewFormat, "auto">;

export interface Preview {
  readonly name: string;
  readonly extension: "jpg" | "png" | "webp" | "avif";
  readonly body: Buffer;
  readonly details: PreviewDetails;
}

interface Encoding {
  readonly extension: Preview["extension"];
  readonly contentType: string;
  encode(image: Sharp): Sharp;
}

/** Optimised Huffman tables or mozjpeg would cost two to twenty times the CPU for a few percent of the bytes. */
const ENCODINGS: Readonly<Record<OutputFormat, Encoding>> = {
  jpeg: {
    extension: "jpg",
    contentType: "image/jpeg",
    encode: (image) => image.flatten({ background: "#ffffff" }).jpeg({ quality: 85, optimiseCoding: false }),
  },
  png: { extension: "png", contentType: "image/png", encode: (image) => image.png({ compressionLevel: 6 }) },
  webp: { extension: "webp", contentType: "image/webp", encode: (image) => image.webp({ quality: 80, effort: 4 }) },
  avif: { extension: "avif", contentType: "image/avif", encode: (image) => image.avif({ quality: 50, effort: 1 }) },
};

/**
 * Makes one preview after the other; each promise is settled as its own encoder ends. At once would be no faster on the one
 * vCPU there is, and four encoders at 4096x4096 took up to 2.7 GB.
 */
export function renderPreviews(
  image: DecodedImage,
  sizes: readonly PreviewSize[],
  format: PreviewFormat,
): readonly Promise<Preview>[] {
  const encoding = ENCODINGS[outputFormat(image, format)];
  let previous: Promise<unknown> = Promise.resolve();
  return sizes.map((size) => {
    const preview = previous.then(() => renderPreview(image, size, encoding));
    previous = preview;
    return preview;
  });
}

async function renderPreview(image: DecodedImage, size: PreviewSize, encoding: Encoding): Promise<Preview> {
  const { base } = image;
  // From the original's dimensions, not the base's: rounding twice could be a pixel off.
  const { width, height } = fitInside(image.dimensions, size);
  const resized = sharp(base.data, { raw: base }).resize({ width, height, fit: "fill" });
  const body = await encoding.encode(resized).toBuffer();
  const { extension, contentType } = encoding;
  return { name: size.name, extension, body, details: { width, height, bytes: body.length, contentType } };
}

/** `auto` keeps JPEG and PNG; the others become JPEG, or WebP when a JPEG would lose their transparency. */
function outputFormat({ format, transparent }: DecodedImage, wanted: PreviewFormat): OutputFormat {
  if (wanted !== "auto") return wanted;
  if (format === "jpeg" || format === "png") return format;
  return transparent ? "webp" : "jpeg";
}
