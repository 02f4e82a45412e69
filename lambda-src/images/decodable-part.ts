import { RejectedImage } from "../records/errors";
import { type ImageFormat, unsupportedFormat } from "./formats/image-format";
import { countJpegScans } from "./formats/jpeg-scans";
import { pngForDecoding } from "./formats/png-chunks";
import { tiffMainPage } from "./formats/tiff-main-page";
import { hasUnspecifiedChannel, isTiled, unsupportedInTiff } from "./formats/tiff-support";

/** Encoders write 10 to 20. A 49 MP image with a hundred took 3 s, one with nine hundred 14 s. */
const MAX_JPEG_SCANS = 64;

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
      if (countJpegScans(bytes, MAX_JPEG_SCANS + 1) > MAX_JPEG_SCANS)
        throw new RejectedImage("DECODE_ERROR", `a JPEG must have at most ${MAX_JPEG_SCANS} scans, got more`);
      return whole;
    case "png":
      return { ...whole, bytes: pngForDecoding(bytes) };
    case "tiff":
      return mainPage(bytes);
    default:
      return whole;
  }
}

function mainPage(file: Buffer): DecodablePart {
  const { bytes, cameraRaw, unsupported, tiled, unspecified } = readingTiff(() => {
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
  // Where a tile cannot be decoded, libtiff leaves it black and only warns.
  return { bytes, failOn: tiled ? "warning" : "error", dropsExtraChannel: unspecified };
}

function readingTiff<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RejectedImage("DECODE_ERROR", `the TIFF cannot be decoded: ${reason}`, { cause });
  }
}
