const HEADER_BYTES = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

/**
 * A GIF without the frames after its first, which the decoder would otherwise read through to the end, twice. A file that ends
 * before its first frame does, or is not understood, comes back as it is: the decoder says what is wrong with it.
 * @see https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export function gifFirstFrame(bytes: Buffer): Buffer {
  let offset = HEADER_BYTES + colourTableBytes(bytes[10]);
  while (bytes[offset] === EXTENSION) offset = endOfSubBlocks(bytes, offset + 2);
  if (bytes[offset] !== IMAGE) return bytes;
  // Place and size take 8 bytes, then come the flags, the frame's own colours and the width of LZW's codes.
  const pixels = offset + 10 + colourTableBytes(bytes[offset + 9]) + 1;
  const end = endOfSubBlocks(bytes, pixels);
  return end < bytes.length ? Buffer.concat([bytes.subarray(0, end), Buffer.of(TRAILER)]) : bytes;
}

/** Of the table that the flags announce: 3 bytes for each of 2 to 256 colours, or none. */
const colourTableBytes = (flags = 0): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** After the empty sub-block; at the end of the file when there is none. */
function endOfSubBlocks(bytes: Buffer, start: number): number {
  let offset = start;
  for (let length = bytes[offset]; length; length = bytes[offset]) offset += length + 1;
  return Math.min(offset + 1, bytes.length);
}
