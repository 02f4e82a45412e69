import { RejectedImage } from "../records/errors";
import type { ImageFormat } from "./formats/image-format";
import { countJpegScans } from "./formats/jpeg-scans";
import { pngForDecoding } from "./formats/png-chunks";
import { tiffFirstPage } from "./formats/tiff-first-page";

/** Encoders write 10 to 20. A 49 MP image with a hundred took 3 s, one with nine hundred 14 s. */
const MAX_JPEG_SCANS = 64;

/**
 * What of a file a decoder may see. Even reading a header walks over everything that the file asks to be read, so this comes
 * before it.
 * @throws {RejectedImage} DECODE_ERROR when the file asks for more work than an honest one
 */
export function decodablePart(format: ImageFormat, bytes: Buffer): Buffer {
  switch (format) {
    case "jpeg":
      if (countJpegScans(bytes, MAX_JPEG_SCANS + 1) > MAX_JPEG_SCANS)
        throw new RejectedImage("DECODE_ERROR", `a JPEG must have at most ${MAX_JPEG_SCANS} scans, got more`);
      return bytes;
    case "png":
      return pngForDecoding(bytes);
    case "tiff":
      return firstPage(bytes);
    default:
      return bytes;
  }
}

function firstPage(bytes: Buffer): Buffer {
  try {
    return tiffFirstPage(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RejectedImage("DECODE_ERROR", `the TIFF cannot be decoded: ${reason}`, { cause });
  }
}
