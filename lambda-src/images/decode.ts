import sharp, { type Metadata, type Sharp } from "sharp";
import { type DeepPixels, isSrgb, toSrgb } from "./colour-conversion";
import { type DecodablePart, decodablePart } from "./decodable-part";
import { type DecodeLimits, guardDecode } from "./decode-guard";
import { isAffordableProfile } from "./formats/colour-profile";
import { nameOfForeignFormat } from "./formats/foreign-formats";
import { gifFirstFrame } from "./formats/gif-first-frame";
import { type ImageFormat, sniffImageFormat, unsupportedFormat } from "./formats/image-format";
import { RejectedImage } from "./formats/rejected-image";
import { type Resize, resizeOfJpeg } from "./jpeg-shrinking";
import { orientPixels } from "./orientation";
import { type Pixels, withoutOpaqueAlpha } from "./pixels";
import { type Dimensions, fitInside } from "./preview-dimensions";
import { baseDimensions } from "./preview-sources";
import { isSrgbProfile } from "./srgb-profile";

// One image at a time on one or two vCPUs: threads and caches cost memory and buy nothing.
sharp.concurrency(1);
sharp.cache(false);

// Only the accepted decoders exist in this process: no SVG, PDF, JPEG 2000, raw, ImageMagick or HEIC-only loader to attack.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"].map((loader) => `VipsForeignLoad${loader}`),
});

export interface DecodedImage {
  readonly format: ImageFormat;
  /** The original's, orientation applied, in px. */
  readonly dimensions: Dimensions;
  /** Any pixel of the base that is not opaque. */
  readonly transparent: boolean;
  /** Few colours with sharp borders, as in screenshots and drawings. */
  readonly palette: boolean;
  /** The whole image, oriented, large enough for every preview; four channels only when it is transparent. */
  readonly base: Pixels;
}

/**
 * Decodes once, to a base that every preview derives from.
 * @param boxes what the previews must fit inside
 * @throws {RejectedImage} UNSUPPORTED_FORMAT, PIXEL_LIMIT, DECODE_ERROR
 */
export async function decodeImage(
  bytes: Buffer,
  boxes: readonly Dimensions[],
  limits: DecodeLimits,
): Promise<DecodedImage> {
  const format = sniffImageFormat(bytes);
  if (!format) throw unsupportedFormat(nameOfForeignFormat(bytes));
  const file = decodablePart(format, bytes);
  const header = await readHeader(file.bytes);
  guardHeader(format, header, file.bytes, limits);

  const stored: Dimensions = { width: header.width, height: header.height };
  const previews = boxes.map((box) => fitInside(stored, oriented(box, header.orientation)));
  const resize = resizeTo(baseDimensions(stored, previews), stored, format);
  // In a PNG the signal goes before a profile, in an AVIF behind it.
  const signal = format === "png" || !header.icc ? file.colours : undefined;
  // Judged by all of its frames, as libvips does; only the pixels are the first one's.
  const source = format === "gif" ? gifFirstFrame(file.bytes) : file.bytes;
  const ignoreIcc = signal !== undefined || isProfileIdle(header);
  const whole = sharp(source, { failOn: file.failOn, limitInputPixels: false, sequentialRead: true, ignoreIcc });
  const pixels =
    signal && !isSrgb(signal)
      ? toSrgb(await deepPixels(whole, file, header, resize), signal)
      : await srgbPixels(whole, file, header, resize);
  const base = await orientPixels(withoutOpaqueAlpha(pixels), header.orientation);
  return {
    format,
    dimensions: oriented(stored, header.orientation),
    transparent: base.channels === 4,
    palette: header.isPalette || file.tiffPalette,
    base,
  };
}

async function srgbPixels(image: Sharp, file: DecodablePart, header: Metadata, resize: Resize): Promise<Pixels> {
  const scaled = (await inSteps(inEightBits(image, header), file, "uchar")).resize(resize);
  const { data, info } = await decoding(
    scaled.toColourspace("srgb").raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true }),
  );
  return { data, width: info.width, height: info.height, channels: channelsOf(info.channels) };
}

/** Samples as they are stored, with 16 bits each. */
async function deepPixels(image: Sharp, file: DecodablePart, header: Metadata, resize: Resize): Promise<DeepPixels> {
  const scaled = (await inSteps(image, file, "ushort")).resize(resize);
  const { data, info } = await decoding(
    scaled.toColourspace("rgb16").raw({ depth: "ushort" }).toBuffer({ resolveWithObject: true }),
  );
  const bits = header.bitsPerSample ?? 16;
  // libvips moves samples of 10 and 12 bits up, and leaves zeros behind them.
  const maximum = bits > 8 && bits < 16 ? (2 ** bits - 1) * 2 ** (16 - bits) : 65_535;
  const { width, height } = info;
  return { data: wordsOf(data), width, height, channels: channelsOf(info.channels), maximum };
}

/**
 * Decodes the whole image before it is scaled, where scaling must not see the fourth channel as it is stored: it would take any
 * for alpha, and colours for such that are not multiplied with it.
 */
async function inSteps(image: Sharp, file: DecodablePart, depth: "uchar" | "ushort"): Promise<Sharp> {
  const { dropsExtraChannel, premultiplied } = file;
  if (!dropsExtraChannel && !premultiplied) return image;
  const whole = dropsExtraChannel ? image.removeAlpha() : image;
  const { data, info } = await decoding(
    whole
      .toColourspace(depth === "uchar" ? "srgb" : "rgb16")
      .raw({ depth })
      .toBuffer({ resolveWithObject: true }),
  );
  const raw = { width: info.width, height: info.height, channels: info.channels, premultiplied };
  return sharp(depth === "uchar" ? data : wordsOf(data), { raw, limitInputPixels: false });
}

const wordsOf = (data: Buffer): Uint16Array => new Uint16Array(data.buffer, data.byteOffset, data.length / 2);

/**
 * Pixels are limited by the guard, which says so with a code; libvips has only a message. A header must be free of warnings,
 * because the guard relies on it; pixels may be damaged as far as they decode.
 */
const readHeader = (bytes: Buffer): Promise<Metadata> =>
  decoding(sharp(bytes, { failOn: "warning", limitInputPixels: false }).metadata());

/** Too dear to evaluate, or of colours that are sRGB as they are. */
const isProfileIdle = ({ icc, space }: Metadata): boolean =>
  icc !== undefined && (!isAffordableProfile(icc) || ((space === "srgb" || space === "rgb16") && isSrgbProfile(icc)));

/**
 * 16-bit colours become 8-bit sRGB before they are scaled, which is faster. It is also right: sharp's own order converts an
 * embedded profile to Display P3 and then takes the result for sRGB.
 */
const inEightBits = (image: Sharp, { space }: Metadata): Sharp =>
  space === "rgb16" ? image.pipelineColourspace("srgb") : image;

function guardHeader(format: ImageFormat, header: Metadata, bytes: Buffer, limits: DecodeLimits): void {
  if (format === "avif" && header.compression !== "av1")
    throw unsupportedFormat(`HEIF with ${header.compression} compression`);
  guardDecode(format, header, bytes, limits);
}

/** Only libjpeg shrinks to fractions; the other decoders' rounding is sharp's own. */
const resizeTo = (base: Dimensions, stored: Dimensions, format: ImageFormat): Resize =>
  format === "jpeg" ? resizeOfJpeg(stored, base) : { ...base, fit: "fill" };

/** EXIF orientations 5 to 8 swap the sides; what is none of the eight counts as 1. */
const oriented = ({ width, height }: Dimensions, orientation = 1): Dimensions =>
  orientation >= 5 && orientation <= 8 ? { width: height, height: width } : { width, height };

function channelsOf(channels: number): 3 | 4 {
  if (channels === 3 || channels === 4) return channels;
  // A TIFF may have any number of extra channels.
  throw new RejectedImage("DECODE_ERROR", `the image must have 3 or 4 channels as sRGB, got ${channels}`);
}

/** libvips says in words alone why it failed; the caller learns that the bytes are at fault, and keeps the words. */
async function decoding<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const reasons = String(cause instanceof Error ? cause.message : cause)
      .trim()
      .split(/\s*\n\s*/)
      // Where libvips has nothing to add to a message, it still announces that.
      .map((reason) => reason.replace(/:$/, ""));
    throw new RejectedImage("DECODE_ERROR", `the image cannot be decoded: ${reasons.join("; ")}`, { cause });
  }
}
