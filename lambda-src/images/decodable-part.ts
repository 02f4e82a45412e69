import { RejectedImage } from "../records/errors";
import { avifForDecoding } from "./formats/avif-for-decoding";
import { type ImageFormat, unsupportedFormat } from "./formats/image-format";
import { countJpegMarkers, type JpegCounts } from "./formats/jpeg-markers";
import { pngForDecoding } from "./formats/png-chunks";
import { tiffMainPage } from "./formats/tiff-main-page";
import { checkTiffParts } from "./formats/tiff-parts";
import { hasUnspecifiedChannel, isTiled, unsupportedInTiff } from "./formats/tiff-support";
import { webpFirstFrames } from "./formats/webp-frames";

const MAX_IN_JPEG: JpegCounts = {
  /** Encoders write 10 to 20. A 49 MP image with a hundred took 3 s, one with nine hundred 14 s. */
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
}

/**
 * What of a file a decoder may see. Even reading a header walks over everything that the file asks to be read, so this comes
 * before it.
 * @throws {RejectedImage} DECODE_ERROR when the file asks for more work than an honest one, UNSUPPORTED_FORMAT when it has what
 * the decoder lacks
 */
export function decodablePart(format: ImageFormat, bytes: Buffer): DecodablePart {
  const whole: DecodablePart = { bytes, failOn: "error", dropsExtraChannel: false };
  switch (format) {
    case "jpeg":
      checkMarkers(bytes);
      return whole;
    case "png":
      return { ...whole, bytes: pngForDecoding(bytes) };
    case "tiff":
      return mainPage(bytes);
    case "avif":
      return { ...whole, bytes: reading("AVIF", () => avifForDecoding(bytes)) };
    case "webp":
      return { ...whole, bytes: webpFirstFrames(bytes) };
    default:
      return whole;
  }
}

function checkMarkers(jpeg: Buffer): void {
  const counts = countJpegMarkers(jpeg, MAX_IN_JPEG);
  for (const what of ["scans", "segments"] as const)
    if (counts[what] > MAX_IN_JPEG[what])
      throw new RejectedImage("DECODE_ERROR", `a JPEG must have at most ${MAX_IN_JPEG[what]} ${what}, got more`);
}

function mainPage(file: Buffer): DecodablePart {
  const { bytes, directory, cameraRaw, unsupported, tiled, unspecified } = reading("TIFF", () => {
    const page = tiffMainPage(file);
    return {
      ...page,
      unsupported: unsupportedInTiff(page.directory),
      tiled: isTiled(page.directory),
      unspecified: hasUnspecifiedChannel(page.directory),
    };
  });
  if (cameraRaw) throw unsupportedFormat("camera raw");
  if (unsupported) throw unsupportedFormat(`a TIFF with ${unsupported}`);
  reading("TIFF", () => checkTiffParts(bytes, directory));
  // Where a tile cannot be decoded, libtiff leaves it black and only warns.
  return { bytes, failOn: tiled ? "warning" : "error", dropsExtraChannel: unspecified };
}

function reading<T>(format: "AVIF" | "TIFF", read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RejectedImage("DECODE_ERROR", `the ${format} cannot be decoded: ${reason}`, { cause });
  }
}
