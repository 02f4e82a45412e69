import { deflatedZeros } from "./image-containers";

/** TIFFs written by hand, for the layouts that no encoder here writes. */

interface TiffSamples {
  readonly samples: number;
  readonly bits: 8 | 16 | 32;
  /** 1: unsigned integer, 2: signed integer, 3: floating point */
  readonly format: 1 | 2 | 3;
}

const SHORT = 3;
const LONG = 4;
type TiffField = readonly [tag: number, type: typeof SHORT | typeof LONG, values: readonly number[]];

export interface TiffPageParts {
  readonly fields: readonly TiffField[];
  /** Strips, or tiles when the fields have their size. */
  readonly parts: readonly Buffer[];
  /** Directories that this one refers to as SubIFDs. */
  readonly nested?: readonly TiffPageParts[];
}

/** One plane for each sample, each in a single deflated strip. */
export function planarTiff(width: number, height: number, samples: TiffSamples): Buffer {
  const plane = deflatedZeros((width * height * samples.bits) / 8);
  const planes = Array.from({ length: samples.samples }, () => plane);
  return tiffOf([page(width, height, samples, planes, [[284, SHORT, [2]]])]);
}

/** All samples together, in a single deflated strip. */
export function stripTiff(width: number, height: number, samples: TiffSamples): Buffer {
  const strip = deflatedZeros((width * height * samples.samples * samples.bits) / 8);
  return tiffOf([page(width, height, samples, [strip])]);
}

/** A header without the pixels that it promises. */
export const tiffHeader = (
  width: number,
  height: number,
  samples: TiffSamples,
  fields: readonly TiffField[] = [],
): Buffer => tiffOf([page(width, height, samples, [deflatedZeros(0)], fields)]);

const page = (
  width: number,
  height: number,
  { samples, bits, format }: TiffSamples,
  parts: readonly Buffer[],
  more: readonly TiffField[] = [],
): TiffPageParts => ({
  fields: [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, Array(samples).fill(bits)],
    [259, SHORT, [8]],
    [262, SHORT, [2]],
    [277, SHORT, [samples]],
    [278, LONG, [height]],
    [338, SHORT, Array(Math.max(0, samples - 3)).fill(2)],
    [339, SHORT, Array(samples).fill(format)],
    ...more,
  ],
  parts,
});

export interface RawTiffPage {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly bits: number;
  readonly photometric: number;
  /** One strip, not compressed; or, with `tileSide`, what each tile holds. */
  readonly data: Buffer | readonly Buffer[];
  /** px, of square tiles */
  readonly tileSide?: number;
  readonly compression?: number;
  readonly fields?: readonly TiffField[];
  readonly nested?: readonly TiffPageParts[];
}

/** A page as it is told, whatever its samples mean. A field that is given twice counts as given last. */
export const rawTiffPage = (image: RawTiffPage): TiffPageParts => ({
  fields: [
    [256, LONG, [image.width]],
    [257, LONG, [image.height]],
    [258, SHORT, Array(image.samples).fill(image.bits)],
    [259, SHORT, [image.compression ?? 1]],
    [262, SHORT, [image.photometric]],
    [277, SHORT, [image.samples]],
    ...(image.tileSide
      ? ([
          [322, SHORT, [image.tileSide]],
          [323, SHORT, [image.tileSide]],
        ] as const)
      : ([[278, LONG, [image.height]]] as const)),
    ...(image.fields ?? []),
  ],
  parts: Buffer.isBuffer(image.data) ? [image.data] : image.data,
  ...(image.nested && { nested: image.nested }),
});

/** Pages one after the other, little-endian. */
export function tiffOf(pages: readonly TiffPageParts[]): Buffer {
  const file = new TiffWriter();
  let link = 4;
  for (const each of pages) {
    const { start, next } = file.write(each);
    file.patch(link, start);
    link = next;
  }
  return file.bytes;
}

class TiffWriter {
  bytes = Buffer.concat([Buffer.from("II*\0", "latin1"), Buffer.alloc(4)]);

  patch(offset: number, value: number): void {
    this.bytes.writeUInt32LE(value, offset);
  }

  write({ fields, parts, nested = [] }: TiffPageParts): { readonly start: number; readonly next: number } {
    const tiled = fields.some(([tag]) => tag === 322);
    const inner = nested.map((each) => this.write(each).start);
    const offsets = parts.map((part) => this.#append(part));
    const lengths = parts.map((part) => part.length);
    const all: readonly TiffField[] = [
      [tiled ? 324 : 273, LONG, offsets],
      [tiled ? 325 : 279, LONG, lengths],
      [330, LONG, inner],
      ...fields,
    ];
    const start = this.bytes.length + (this.bytes.length % 2);
    const next = start + 2 + 12 * distinct(all).length;
    this.#append(directory(distinct(all), start));
    return { start, next };
  }

  /** At an even offset, as TIFF wants it. */
  #append(part: Buffer): number {
    const padding = Buffer.alloc(this.bytes.length % 2);
    const offset = this.bytes.length + padding.length;
    this.bytes = Buffer.concat([this.bytes, padding, part]);
    return offset;
  }
}

/** In order, without empty ones; of two for one tag the last. */
const distinct = (fields: readonly TiffField[]): readonly TiffField[] =>
  [...new Map(fields.map((field) => [field[0], field])).values()]
    .filter(([, , values]) => values.length > 0)
    .sort(([a], [b]) => a - b);

function directory(fields: readonly TiffField[], start: number): Buffer {
  const entries = Buffer.alloc(2 + 12 * fields.length + 4);
  entries.writeUInt16LE(fields.length);
  const tail: Buffer[] = [];
  let end = start + entries.length;
  fields.forEach(([tag, type, values], index) => {
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
