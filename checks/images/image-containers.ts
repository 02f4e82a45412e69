import { crc32, deflateSync } from "node:zlib";

/** Image files written by hand, header by header, for what no encoder would write. Pixels are zeros. */

/** Zeros, as deflate writes them. */
export const deflatedZeros = (bytes: number): Buffer => deflateSync(Buffer.alloc(bytes), { level: 1 });

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

function bigEndian(byteLength: 2 | 4, ...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * byteLength);
  values.forEach((value, index) => {
    bytes.writeUIntBE(value, index * byteLength, byteLength);
  });
  return bytes;
}

export const pngChunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([latin1(type), data]);
  return Buffer.concat([bigEndian(4, data.length), body, bigEndian(4, crc32(body))]);
};

interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly bits?: 8 | 16;
  /** 2: RGB, 6: RGBA */
  readonly colourType?: 2 | 6;
  readonly interlaced?: boolean;
}

/** A PNG whose pixels are `rows`, deflated; `chunks` come before them. */
export function png(header: PngHeader, rows: Buffer = deflatedZeros(0), chunks: readonly Buffer[] = []): Buffer {
  const { width, height, bits = 8, colourType = 2, interlaced = false } = header;
  const ihdr = Buffer.concat([bigEndian(4, width, height), Buffer.from([bits, colourType, 0, 0, interlaced ? 1 : 0])]);
  return Buffer.concat([
    latin1("\x89PNG\r\n\x1a\n"),
    pngChunk("IHDR", ihdr),
    ...chunks,
    pngChunk("IDAT", rows),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

/**
 * Up to the first scan, which the header is read to; progressive when `startOfFrame` is 0xc2. With fewer components in the
 * first scan than in the frame a baseline JPEG needs several scans, too.
 */
export function jpegHeader(
  width: number,
  height: number,
  startOfFrame: 0xc0 | 0xc2,
  components = 3,
  scanned = components,
): Buffer {
  const ids = Array.from({ length: components }, (_, index) => index + 1);
  const segment = (marker: number, body: Buffer): Buffer =>
    Buffer.concat([Buffer.from([0xff, marker]), bigEndian(2, body.length + 2), body]);
  const frame = Buffer.from([8, ...bigEndian(2, height, width), components, ...ids.flatMap((id) => [id, 0x11, 0])]);
  // A progressive JPEG begins with the first coefficients of all components.
  const scan = Buffer.from([
    scanned,
    ...ids.slice(0, scanned).flatMap((id) => [id, 0]),
    0,
    startOfFrame === 0xc2 ? 0 : 63,
    0,
  ]);
  const quantization = Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, quantization),
    segment(startOfFrame, frame),
    segment(0xda, scan),
  ]);
}

/** The same lossless WebP, with other dimensions in its bitstream. */
export function webpWithDimensions(lossless: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(lossless);
  // "VP8L", a length of four bytes, a signature of one, then twice 14 bits.
  copy.writeUInt32LE(((height - 1) << 14) | (width - 1), copy.indexOf("VP8L") + 9);
  return copy;
}

/** The same PNG, with chunks right behind its header. */
export function withChunks(file: Buffer, chunks: readonly (readonly [type: string, data: Buffer])[]): Buffer {
  const END_OF_HEADER = 33;
  const added = chunks.map(([type, data]) => pngChunk(type, data));
  return Buffer.concat([file.subarray(0, END_OF_HEADER), ...added, file.subarray(END_OF_HEADER)]);
}
