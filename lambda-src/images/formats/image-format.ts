import { RejectedImage } from "./rejected-image";

/** What the pipeline decodes, by sharp's names; AVIF is the one kind of HEIF among them. */
export type ImageFormat = "jpeg" | "png" | "webp" | "gif" | "tiff" | "avif";

const startsWith = (bytes: Buffer, signature: string, offset = 0): boolean =>
  bytes.subarray(offset, offset + signature.length).equals(Buffer.from(signature, "latin1"));

const SIGNATURES: readonly (readonly [ImageFormat, (bytes: Buffer) => boolean])[] = [
  ["jpeg", (bytes) => startsWith(bytes, "\xff\xd8\xff")],
  ["png", (bytes) => startsWith(bytes, "\x89PNG\r\n\x1a\n")],
  ["webp", (bytes) => startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8)],
  ["gif", (bytes) => startsWith(bytes, "GIF87a") || startsWith(bytes, "GIF89a")],
  ["tiff", (bytes) => ["II*\0", "MM\0*", "II+\0", "MM\0+"].some((signature) => startsWith(bytes, signature))],
  ["avif", isAvif],
];

/** The format that the first bytes announce, or undefined for anything that is not accepted, whatever its name says. */
export function sniffImageFormat(bytes: Buffer): ImageFormat | undefined {
  return SIGNATURES.find(([, matches]) => matches(bytes))?.[0];
}

/**
 * A HEIF container whose brands include AVIF: `size "ftyp" major minor compatible...`. HEIC has other brands.
 * @see https://aomediacodec.github.io/av1-avif/#brands-overview
 */
function isAvif(bytes: Buffer): boolean {
  if (!startsWith(bytes, "ftyp", 4)) return false;
  const end = Math.min(bytes.readUInt32BE(0), bytes.length, 512);
  const brandAt = (offset: number): string => bytes.toString("latin1", offset, offset + 4);
  for (let offset = 8; offset + 4 <= end; offset += 4)
    if (offset !== 12 && ["avif", "avis"].includes(brandAt(offset))) return true;
  return false;
}

/** @param arrived what the file is, as in "HEIC" or "a TIFF with ZSTD compression" */
export const unsupportedFormat = (arrived: string): RejectedImage =>
  new RejectedImage(
    "UNSUPPORTED_FORMAT",
    `this is ${arrived}, which is not supported; JPEG, PNG, WebP, GIF, TIFF and AVIF images are`,
  );
