import { deflatedZeros } from "./image-containers";

/** TIFFs of zeros, written by hand for the layouts that no encoder here writes. */

interface TiffSamples {
  readonly samples: number;
  readonly bits: 8 | 16 | 32;
  /** 1: unsigned integer, 3: floating point */
  readonly format: 1 | 3;
}

const SHORT = 3;
const LONG = 4;
type TiffField = readonly [tag: number, type: typeof SHORT | typeof LONG, values: readonly number[]];

/** One plane for each sample, each in a single deflated strip. */
export function planarTiff(width: number, height: number, samples: TiffSamples): Buffer {
  const plane = deflatedZeros((width * height * samples.bits) / 8);
  return tiff(
    width,
    height,
    samples,
    2,
    Array.from({ length: samples.samples }, () => plane),
  );
}

/** All samples together, in a single deflated strip. */
export function stripTiff(width: number, height: number, samples: TiffSamples): Buffer {
  return tiff(width, height, samples, 1, [deflatedZeros((width * height * samples.samples * samples.bits) / 8)]);
}

/** A header without the pixels that it promises. */
export function tiffHeader(width: number, height: number, samples: TiffSamples, fields: readonly TiffField[] = []) {
  return tiff(width, height, samples, 1, [deflatedZeros(0)], fields);
}

function tiff(
  width: number,
  height: number,
  { samples, bits, format }: TiffSamples,
  planarConfiguration: 1 | 2,
  strips: readonly Buffer[],
  more: readonly TiffField[] = [],
): Buffer {
  const HEADER_BYTES = 8;
  const offsets = strips.map((_, index) => HEADER_BYTES + strips.slice(0, index).reduce((sum, s) => sum + s.length, 0));
  const fields: readonly TiffField[] = [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, Array(samples).fill(bits)],
    [259, SHORT, [8]],
    [262, SHORT, [2]],
    [273, LONG, offsets],
    [277, SHORT, [samples]],
    [278, LONG, [height]],
    [279, LONG, strips.map((strip) => strip.length)],
    [284, SHORT, [planarConfiguration]],
    [338, SHORT, Array(Math.max(0, samples - 3)).fill(2)],
    [339, SHORT, Array(samples).fill(format)],
    ...more,
  ];
  const body = Buffer.concat([Buffer.alloc(HEADER_BYTES), ...strips]);
  body.write("II*\0", "latin1");
  body.writeUInt32LE(body.length, 4);
  return Buffer.concat([body, directory(fields, body.length)]);
}

function directory(fields: readonly TiffField[], start: number): Buffer {
  const sorted = fields.filter(([, , values]) => values.length > 0).sort(([a], [b]) => a - b);
  const entries = Buffer.alloc(2 + 12 * sorted.length + 4);
  entries.writeUInt16LE(sorted.length);
  const tail: Buffer[] = [];
  let end = start + entries.length;
  sorted.forEach(([tag, type, values], index) => {
    const offset = 2 + 12 * index;
    entries.writeUInt16LE(tag, offset);
    entries.writeUInt16LE(type, offset + 2);
    entries.writeUInt32LE(values.length, offset + 4);
    const bytes = littleEndian(type === SHORT ? 2 : 4, values);
    // Up to four bytes stand in the entry itself.
    if (bytes.length <= 4) {
      bytes.copy(entries, offset + 8);
    } else {
      entries.writeUInt32LE(end, offset + 8);
      tail.push(bytes);
      end += bytes.length;
    }
  });
  return Buffer.concat([entries, ...tail]);
}

function littleEndian(byteLength: 2 | 4, values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * byteLength);
  values.forEach((value, index) => {
    bytes.writeUIntLE(value, index * byteLength, byteLength);
  });
  return bytes;
}
