/** Of a frame, by the last byte of its marker: those that are not decoded. */
const UNSUPPORTED_FRAMES: Readonly<Record<number, string>> = {
  195: "lossless coding",
  197: "hierarchical coding",
  198: "hierarchical coding",
  199: "hierarchical coding",
  203: "lossless coding",
  205: "hierarchical coding",
  206: "hierarchical coding",
  207: "hierarchical coding",
  247: "JPEG-LS coding",
};
/** They have the numbers of frames, and are tables and an extension. */
const NO_FRAMES: readonly number[] = [0xc4, 0xc8, 0xcc];
const START_OF_SCAN = 0xda;
const DECODED_BITS = 8;

/**
 * What a valid JPEG has that is not decoded, as in "lossless coding"; undefined when all of it is, or when there is no frame.
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf B.1.1.3 and B.2.2
 */
export function unsupportedInJpeg(bytes: Buffer): string | undefined {
  for (let offset = 2; offset + 4 < bytes.length && bytes[offset] === 0xff; ) {
    const marker = bytes.readUInt8(offset + 1);
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    if (marker === START_OF_SCAN) return undefined;
    const unsupported = UNSUPPORTED_FRAMES[marker];
    if (unsupported) return unsupported;
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.includes(marker)) {
      const bits = bytes.readUInt8(offset + 4);
      return bits === DECODED_BITS ? undefined : `${bits} bits a sample`;
    }
    offset += 2 + bytes.readUInt16BE(offset + 2);
  }
  return undefined;
}
