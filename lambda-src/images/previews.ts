import type { Sharp } from "sharp";
import type { PreviewFormat, PreviewSize } from "../../contract/processing-settings";
import { Cascade } from "./cascade";
import type { DecodedImage } from "./decode";
import { placeholderOf } from "./placeholder";
import { type Dimensions, fitInside, type PreviewDetails } from "./preview-dimensions";
import { pixelsOf } from "./preview-sources";

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
  encode(image: Sharp, original: Pick<DecodedImage, "palette">): Sharp;
}

/** Optimised Huffman tables or mozjpeg would cost two to twenty times the CPU for a few percent of the bytes. */
const ENCODINGS: Readonly<Record<OutputFormat, Encoding>> = {
  jpeg: {
    extension: "jpg",
    contentType: "image/jpeg",
    encode: (image, { palette }) =>
      image.flatten({ background: "#ffffff" }).jpeg({
        quality: 85,
        optimiseCoding: false,
        // Coloured text is 8 dB better with all of its colours; a photograph gains nothing for half as many bytes again.
        chromaSubsampling: palette ? "4:4:4" : "4:2:0",
      }),
  },
  png: { extension: "png", contentType: "image/png", encode: (image) => image.png({ compressionLevel: 6 }) },
  webp: { extension: "webp", contentType: "image/webp", encode: (image) => image.webp({ quality: 80, effort: 4 }) },
  avif: { extension: "avif", contentType: "image/avif", encode: (image) => image.avif({ quality: 50, effort: 1 }) },
};

export interface RenderedPreviews {
  /** In the order of the sizes; each is settled as its own encoder ends, the largest first. */
  readonly previews: readonly Promise<Preview>[];
  /** A ThumbHash, base64. */
  readonly placeholder: Promise<string>;
}

/**
 * Makes one after the other, from the largest down. At once would be no faster on the one vCPU there is, and four encoders at
 * 4096x4096 took up to 2.7 GB.
 */
export function renderPreviews(
  image: DecodedImage,
  sizes: readonly PreviewSize[],
  format: PreviewFormat,
): RenderedPreviews {
  const encoding = ENCODINGS[outputFormat(image, format)];
  // From the original's dimensions, not the base's: rounding twice could be a pixel off.
  const targets = sizes.map((size) => ({ name: size.name, ...fitInside(image.dimensions, size) }));
  const cascade = new Cascade(image.base, targets);
  let previous: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = previous.then(work);
    previous = result;
    return result;
  };
  const previews: Promise<Preview>[] = [];
  for (const [index, target] of [...targets.entries()].sort(([, a], [, b]) => pixelsOf(b) - pixelsOf(a)))
    previews[index] = inTurn(async () =>
      encodePreview(target, encoding.encode(await cascade.scale(target), image), encoding),
    );
  return { previews, placeholder: inTurn(async () => placeholderOf(cascade.smallest)) };
}

interface Target extends Dimensions {
  readonly name: string;
}

async function encodePreview({ name, width, height }: Target, encoded: Sharp, encoding: Encoding): Promise<Preview> {
  const body = await encoded.toBuffer();
  const { extension, contentType } = encoding;
  return { name, extension, body, details: { width, height, bytes: body.length, contentType } };
}

/** `auto` keeps JPEG and PNG; the others become JPEG, or WebP when a JPEG would lose their transparency. */
function outputFormat({ format, transparent }: DecodedImage, wanted: PreviewFormat): OutputFormat {
  if (wanted !== "auto") return wanted;
  if (format === "jpeg" || format === "png") return format;
  return transparent ? "webp" : "jpeg";
}
