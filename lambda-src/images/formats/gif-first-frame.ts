const HEADER_BYTES = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
/** Of a frame: its mark, place, size and flags. */
const DESCRIPTOR_BYTES = 10;

/** A frame of one pixel that is not seen: its mark, place, size and flags, and its data. */
const UNSEEN_FRAME = Buffer.of(0x21, 0xf9, 4, 1, 0, 0, 0, 0, IMAGE, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0);

/**
 * A GIF that shows its first frame as it should be. Where that covers the canvas, the frames after it are left out, which the
 * decoder would otherwise read through to the end, twice. Where it does not, the rest of the canvas is transparent; libvips
 * makes it black unless some frame has a transparent colour, so one such frame is put behind the first. Comes back as it is: a
 * file that ends before its first frame does or is not understood, because the decoder says what is wrong with it.
 * @see https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export function gifFirstFrame(bytes: Buffer): Buffer {
  let offset = HEADER_BYTES + colourTableBytes(bytes[10]);
  while (bytes[offset] === EXTENSION) offset = endOfSubBlocks(bytes, offset + 2);
  if (bytes[offset] !== IMAGE) return bytes;
  // After the descriptor come the frame's own colours and the width of LZW's codes.
  const pixels = offset + DESCRIPTOR_BYTES + colourTableBytes(bytes[offset + 9]) + 1;
  const end = endOfSubBlocks(bytes, pixels);
  if (end >= bytes.length) return bytes;
  const first = bytes.subarray(0, end);
  if (isWholeCanvas(bytes, offset)) return Buffer.concat([first, Buffer.of(TRAILER)]);
  // The frames behind stay: the decoder does not believe every canvas, and takes its size from them.
  return Buffer.concat([first, UNSEEN_FRAME, bytes.subarray(end)]);
}

function isWholeCanvas(bytes: Buffer, descriptor: number): boolean {
  if (descriptor + DESCRIPTOR_BYTES > bytes.length) return false;
  const [left, top, width, height] = [1, 3, 5, 7].map((field) => bytes.readUInt16LE(descriptor + field));
  return left === 0 && top === 0 && width === bytes.readUInt16LE(6) && height === bytes.readUInt16LE(8);
}

/** Of the table that the flags announce: 3 bytes for each of 2 to 256 colours, or none. */
const colourTableBytes = (flags = 0): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** After the empty sub-block; at the end of the file when there is none. */
function endOfSubBlocks(bytes: Buffer, start: number): number {
  let offset = start;
  for (let length = bytes[offset]; length; length = bytes[offset]) offset += length + 1;
  return Math.min(offset + 1, bytes.length);
}
