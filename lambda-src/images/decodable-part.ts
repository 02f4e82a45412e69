import type { ColourSignal } from "./colour-conversion";
import { avifColours } from "./formats/avif-colours";
import { avifForDecoding } from "./formats/avif-for-decoding";
import { asStillAvif, isDecodedMatrix, unsupportedInAvif } from "./formats/avif-support";
import { type ImageFormat, unsupportedFormat } from "./formats/image-format";
import { countJpegMarkers, type JpegCounts } from "./formats/jpeg-markers";
import { unsupportedInJpeg } from "./formats/jpeg-support";
import { findPngChunk, pngForDecoding, pngSampleBits } from "./formats/png-chunks";
import { RejectedImage } from "./formats/rejected-image";
import { tiffMainPage } from "./formats/tiff-main-page";
import { checkTiffParts } from "./formats/tiff-parts";
import { hasPalette, hasUnspecifiedChannel, isTiled, unsupportedInTiff } from "./formats/tiff-support";
import { webpFirstFrames } from "./formats/webp-frames";
import { isKnownTransfer } from "./transfer-functions";

const MAX_IN_JPEG: JpegCounts = {
  /** Encoders write 10 to 20. A 49 MP image of four channels took 6 s with 57, the most that all refine it. */
  scans: 64,
  /** Metadata that fills 10 MB needs 160, a colour profile up to 255. */
  segments: 1000,
};

/** What a decoder sees of a file, and how it must be asked. */
export interface DecodablePart {
  readonly bytes: Buffer;
  /** Damage from which on nothing is shown, by sharp's names. */
  readonly failOn: "error" | "warning";
  /** A channel beside the colours is not alpha, though the decoder takes it for that. */
  readonly dropsExtraChannel: boolean;
  /** What the samples mean, when the file says so in another way than by a colour profile. */
  readonly colours?: ColourSignal;
  /** Colours are stored as they are on black. */
  readonly premultiplied: boolean;
  /** A TIFF with a palette; of other formats sharp knows. */
  readonly tiffPalette: boolean;
}

/**
 * What of a file a decoder may see. Even reading a header walks over everything that the file asks to be read, so this comes
 * before it.
 * @throws {RejectedImage} DECODE_ERROR when the file asks for more work than an honest one, UNSUPPORTED_FORMAT when it has what
 * the decoder lacks
 */
export function decodablePart(format: ImageFormat, bytes: Buffer): DecodablePart {
  const whole: DecodablePart = {
    bytes,
    failOn: "error",
    dropsExtraChannel: false,
    premultiplied: false,
    tiffPalette: false,
  };
  switch (format) {
    case "jpeg":
      checkJpeg(bytes);
      return whole;
    case "png":
      return { ...whole, bytes: pngForDecoding(bytes), ...pngColours(bytes) };
    case "tiff":
      return { ...whole, ...mainPage(bytes) };
    case "webp":
      return { ...whole, bytes: webpFirstFrames(bytes) };
    case "avif":
      return { ...whole, ...stillAvif(bytes) };
    case "gif":
      return whole;
  }
}

function checkJpeg(jpeg: Buffer): void {
  const unsupported = unsupportedInJpeg(jpeg);
  if (unsupported) throw unsupportedFormat(`a JPEG with ${unsupported}`);
  const counts = countJpegMarkers(jpeg, MAX_IN_JPEG);
  for (const what of ["scans", "segments"] as const)
    if (counts[what] > MAX_IN_JPEG[what])
      throw new RejectedImage("DECODE_ERROR", `a JPEG must have at most ${MAX_IN_JPEG[what]} ${what}, got more`);
}

function mainPage(file: Buffer): Omit<DecodablePart, "premultiplied"> {
  const { bytes, directory, cameraRaw, unsupported, tiled, unspecified, tiffPalette } = reading("TIFF", () => {
    const page = tiffMainPage(file);
    return {
      ...page,
      unsupported: unsupportedInTiff(page.directory),
      tiled: isTiled(page.directory),
      unspecified: hasUnspecifiedChannel(page.directory),
      tiffPalette: hasPalette(page.directory),
    };
  });
  if (cameraRaw) throw unsupportedFormat("camera raw");
  if (unsupported) throw unsupportedFormat(`a TIFF with ${unsupported}`);
  reading("TIFF", () => checkTiffParts(bytes, directory));
  // Where a tile cannot be decoded, libtiff leaves it black and only warns.
  return { bytes, failOn: tiled ? "warning" : "error", dropsExtraChannel: unspecified, tiffPalette };
}

/** @see https://www.w3.org/TR/png-3/#cICP-chunk */
function pngColours(png: Buffer): Pick<DecodablePart, "colours"> {
  if (findPngChunk(png, "CgBI")) throw unsupportedFormat("a PNG as iPhone apps contain it");
  const chunk = findPngChunk(png, "cICP");
  if (chunk?.length !== 4) return {};
  const [primaries = 0, transfer = 0, , fullRange] = chunk;
  refuseUnknownTransfer("a PNG", transfer);
  return { colours: { primaries, transfer, ...(fullRange === 0 && { narrowBits: pngSampleBits(png) }) } };
}

function stillAvif(file: Buffer): Pick<DecodablePart, "bytes" | "colours" | "premultiplied"> {
  const kind = reading("AVIF", () => unsupportedInAvif(file));
  if (kind) throw unsupportedFormat(kind);
  const colours = reading("AVIF", () => avifColours(file));
  const bytes = asStillAvif(reading("AVIF", () => avifForDecoding(file)));
  if (!colours) return { bytes, premultiplied: false };
  const { primaries, transfer, matrix, monochrome, fullRange, bits, premultiplied } = colours;
  refuseUnknownTransfer("an AVIF", transfer);
  if (!isDecodedMatrix(matrix)) throw unsupportedFormat(`an AVIF with matrix coefficients ${matrix}`);
  // libheif stretches colours alone.
  const narrow = monochrome && !fullRange;
  return { bytes, premultiplied, colours: { primaries, transfer, ...(narrow && { narrowBits: bits }) } };
}

function refuseUnknownTransfer(format: string, transfer: number): void {
  if (!isKnownTransfer(transfer)) throw unsupportedFormat(`${format} with transfer characteristics ${transfer}`);
}

function reading<T>(format: "AVIF" | "TIFF", read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RejectedImage("DECODE_ERROR", `the ${format} cannot be decoded: ${reason}`, { cause });
  }
}
