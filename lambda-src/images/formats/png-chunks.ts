import { constants, inflateSync } from "node:zlib";
import { MAX_PROFILE_BYTES } from "./colour-profile";

const SIGNATURE_BYTES = 8;
/** A chunk's length and type come before its data, its checksum after it. */
const BEFORE_DATA = 8;
const AFTER_DATA = 4;

/** What decoding needs once: of fixed sizes, or bounded here. All else that a decoder may ignore is text, animation and hints. */
const NEEDED = new Set(["PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "eXIf", "pHYs"]);

/** As much as a JPEG can hold. */
const MAX_EXIF_BYTES = 65_535;

/** Deflate makes a profile's first four bytes, its length, of fewer than these, whatever name and Huffman tables come before. */
const PROFILE_START_BYTES = 512;

export interface PngChunk {
  readonly type: string;
  readonly data: Buffer;
  /** Of the whole chunk, length and checksum included. */
  readonly start: number;
  readonly end: number;
}

/**
 * The chunks before the pixels, in order, up to the first that does not lie within the file. Checksums are the decoder's work.
 * @see https://www.w3.org/TR/png-3/#5Chunk-layout
 */
export function* pngHeaderChunks(bytes: Buffer): Generator<PngChunk> {
  for (let start = SIGNATURE_BYTES; start + BEFORE_DATA + AFTER_DATA <= bytes.length; ) {
    const dataStart = start + BEFORE_DATA;
    const dataEnd = dataStart + bytes.readUInt32BE(start);
    const end = dataEnd + AFTER_DATA;
    const type = bytes.toString("latin1", start + 4, dataStart);
    if (type === "IDAT" || end > bytes.length) return;
    yield { type, data: bytes.subarray(dataStart, dataEnd), start, end };
    start = end;
  }
}

/** The data of the first chunk of a type before the pixels. */
export function findPngChunk(bytes: Buffer, type: string): Buffer | undefined {
  for (const chunk of pngHeaderChunks(bytes)) if (chunk.type === type) return chunk.data;
  return undefined;
}

/** Of a sample as it is decoded: palettes have 8 bits, and fewer become 8. */
export function pngSampleBits(bytes: Buffer): 8 | 16 {
  const header = findPngChunk(bytes, "IHDR");
  return header?.[8] === 16 ? 16 : 8;
}

/**
 * A PNG without the chunks that decoding does not need. libpng inflates and keeps each chunk that it knows: 175 KB of compressed
 * text took more than a gigabyte. Comes back as it is when there is nothing to drop; what follows the first pixels is never
 * read as a chunk.
 */
export function pngForDecoding(bytes: Buffer): Buffer {
  const seen = new Set<string>();
  const kept: Buffer[] = [];
  let from = 0;
  for (const chunk of pngHeaderChunks(bytes)) {
    if (isUnknown(chunk) || (!seen.has(chunk.type) && isNeeded(chunk))) {
      seen.add(chunk.type);
    } else {
      if (chunk.start > from) kept.push(bytes.subarray(from, chunk.start));
      from = chunk.end;
    }
  }
  return from === 0 ? bytes : Buffer.concat([...kept, bytes.subarray(from)]);
}

/** Its first letter is a capital: a decoder that does not know it must refuse the file. */
const isUnknown = ({ type }: PngChunk): boolean => /^[A-Z]/.test(type) && !NEEDED.has(type);

function isNeeded({ type, data }: PngChunk): boolean {
  if (type === "iCCP") return profileBytes(data) <= MAX_PROFILE_BYTES;
  return NEEDED.has(type) && (type !== "eXIf" || data.length <= MAX_EXIF_BYTES);
}

/** As the compressed profile says of itself: libpng inflates as much. 0 when it is none, which libpng refuses. */
function profileBytes(iccp: Buffer): number {
  // A name, its end, and the method.
  const compressed = iccp.subarray(iccp.indexOf(0) + 2);
  try {
    const start = inflateSync(compressed.subarray(0, PROFILE_START_BYTES), { finishFlush: constants.Z_SYNC_FLUSH });
    return start.length < 4 ? Number.POSITIVE_INFINITY : start.readUInt32BE(0);
  } catch {
    return 0;
  }
}
