export interface GifFrame {
  /** Of the canvas, in px. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** A grey of the 128 there are. */
  readonly grey: number;
  /** Of the 128 greys, one that is not seen. */
  readonly transparent?: number | undefined;
}

/** Colour indices are bytes, and so are LZW's codes as long as its table starts anew after fewer than 127 of them. */
const CODE_BITS = 7;
const CLEAR = 128;
const END = 129;
const CODES_BEFORE_CLEAR = 120;

/** A GIF of plain frames, on a canvas that may say what it likes. */
export function gifOf(
  canvas: { readonly width: number; readonly height: number },
  frames: readonly GifFrame[],
): Buffer {
  const greys = Buffer.from(Array.from({ length: 128 }, (_, grey) => [2 * grey, 2 * grey, 2 * grey]).flat());
  const screen = [words(canvas.width, canvas.height), Buffer.of(0x80 | 0x70 | (CODE_BITS - 1), 0, 0), greys];
  return Buffer.concat([Buffer.from("GIF89a"), ...screen, ...frames.map(imageOf), Buffer.of(0x3b)]);
}

/** One frame of two pixels' worth of data, whatever canvas and frame say. */
export const gifHeader = (canvas: readonly [number, number], frame: readonly [number, number]): Buffer =>
  Buffer.concat([
    Buffer.from("GIF89a"),
    words(...canvas),
    Buffer.from([0x80, 0, 0, 255, 0, 0, 0, 0, 255]),
    Buffer.of(0x2c),
    words(0, 0, ...frame),
    Buffer.from([0, 2, 2, 0x4c, 1, 0, 0x3b]),
  ]);

function imageOf({ left, top, width, height, grey, transparent }: GifFrame): Buffer {
  const codes: number[] = [];
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    if (pixel % CODES_BEFORE_CLEAR === 0) codes.push(CLEAR);
    codes.push(grey);
  }
  const control = transparent === undefined ? [] : [Buffer.of(0x21, 0xf9, 4, 1, 0, 0, transparent, 0)];
  const descriptor = [Buffer.of(0x2c), words(left, top, width, height), Buffer.of(0, CODE_BITS)];
  return Buffer.concat([...control, ...descriptor, ...subBlocks(Buffer.from([...codes, END]))]);
}

function subBlocks(data: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let offset = 0; offset < data.length; offset += 255) {
    const block = data.subarray(offset, offset + 255);
    blocks.push(Buffer.of(block.length), block);
  }
  return [...blocks, Buffer.of(0)];
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 2 * index);
  return bytes;
}
