import { readImageItems } from "./avif-items";
import { FullBoxReader, readBoxes } from "./isobmff-boxes";

/** By the type of the primary item; a grid of images that are not AV1 is damaged. */
const DECODED_TYPES: readonly string[] = ["av01", "grid"];
const TYPE_NAMES: Readonly<Record<string, string>> = {
  hvc1: "HEIC",
  hev1: "HEIC",
  avc1: "HEIF with H.264",
  vvc1: "HEIF with H.266",
  jpeg: "HEIF with JPEG",
  j2k1: "HEIF with JPEG 2000",
  unci: "uncompressed HEIF",
};

/** Of the matrix coefficients of ITU-T H.273 those with which libheif computes the colours. */
const DECODED_MATRICES: readonly number[] = [0, 1, 2, 4, 5, 6, 7, 8, 9, 12];

const MAJOR_BRAND_OFFSET = 8;
const COMPATIBLE_BRANDS_OFFSET = 16;
const STILL_BRANDS: readonly string[] = ["avif", "mif1", "mif2", "miaf", "MA1A", "MA1B", "tmap"];

/**
 * What a valid file with AVIF's brands has that is not decoded, as in "HEIC"; undefined when its primary image may be decoded.
 * @throws {RangeError} when the file is not understood
 */
export function unsupportedInAvif(file: Buffer): string | undefined {
  const boxes = readBoxes(file);
  const meta = boxes.find(({ type }) => type === "meta");
  const hasStill = meta && readBoxes(new FullBoxReader(meta.content).rest()).some(({ type }) => type === "pitm");
  if (!hasStill && boxes.some(({ type }) => type === "moov")) return "an AVIF sequence without a still image";
  const { types, primary } = readImageItems(file);
  const type = types.get(primary);
  if (type === undefined || DECODED_TYPES.includes(type)) return undefined;
  return TYPE_NAMES[type] ?? `an AVIF whose image has the type ${type}`;
}

export const isDecodedMatrix = (matrix: number): boolean => DECODED_MATRICES.includes(matrix);

/**
 * With the brands of a still image alone, whatever they were: libvips looks at the major one, and libheif seeks the film that
 * others announce.
 */
export function asStillAvif(file: Buffer): Buffer {
  const end = Math.min(file.readUInt32BE(0), file.length);
  const offsets = [MAJOR_BRAND_OFFSET];
  for (let offset = COMPATIBLE_BRANDS_OFFSET; offset + 4 <= end; offset += 4) offsets.push(offset);
  const other = offsets.filter((offset) => !isStillBrand(file.toString("latin1", offset, offset + 4), offset));
  if (other.length === 0) return file;
  const still = Buffer.from(file);
  for (const offset of other) still.write("avif", offset, "latin1");
  return still;
}

const isStillBrand = (brand: string, offset: number): boolean =>
  offset === MAJOR_BRAND_OFFSET ? brand === "avif" : STILL_BRANDS.includes(brand);
