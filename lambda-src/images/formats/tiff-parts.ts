import { countJpegMarkers } from "./jpeg-markers";
import type { TiffDirectory } from "./tiff-directory";

const WIDTH = 256;
const HEIGHT = 257;
const COMPRESSION = 259;
const STRIP_OFFSETS = 273;
const STRIP_BYTES = 279;
const TILE_WIDTH = 322;
const TILE_HEIGHT = 323;
const TILE_OFFSETS = 324;
const TILE_BYTES = 325;
const JPEG = 7;

/** Tiles of 512 px beside the longest side that is allowed make 15 MP. */
const MAX_PADDING_PIXELS = 16 * 1_048_576;
/** In one strip or tile. libtiff writes one scan, no encoder more than twenty. */
const MAX_SCANS = 20;
const MAX_SEGMENTS = 1000;

/**
 * Refuses tiles and strips that ask for much more work than the image has pixels. Tiles are decoded whole, also where they lie
 * outside of it, and all of them may point at the same JPEG of many scans: a file of 18 KB took minutes.
 * @throws {RangeError}
 */
export function checkTiffParts(bytes: Buffer, directory: TiffDirectory): void {
  const padding = paddingPixels(directory);
  if (padding > MAX_PADDING_PIXELS)
    throw new RangeError(`tiles must reach at most ${MAX_PADDING_PIXELS} px beyond the image, got ${padding}`);
  if (directory.values(COMPRESSION)[0] === JPEG) checkJpegs(bytes, directory);
}

function paddingPixels(directory: TiffDirectory): number {
  const first = (tag: number): number => directory.values(tag)[0] ?? 0;
  const [width, height, tileWidth, tileHeight] = [WIDTH, HEIGHT, TILE_WIDTH, TILE_HEIGHT].map(first) as [
    number,
    number,
    number,
    number,
  ];
  if (tileWidth === 0 || tileHeight === 0) return 0;
  const whole = (side: number, tile: number): number => Math.ceil(side / tile) * tile;
  return whole(width, tileWidth) * whole(height, tileHeight) - width * height;
}

function checkJpegs(bytes: Buffer, directory: TiffDirectory): void {
  const [offsetTag, bytesTag] = directory.has(TILE_OFFSETS) ? [TILE_OFFSETS, TILE_BYTES] : [STRIP_OFFSETS, STRIP_BYTES];
  const lengths = directory.values(bytesTag, Number.POSITIVE_INFINITY);
  const parts = directory
    .values(offsetTag, Number.POSITIVE_INFINITY)
    .map((start, index) => ({ start, end: Math.min(bytes.length, start + (lengths[index] ?? bytes.length)) }))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  let previous = { start: -1, end: 0 };
  for (const part of parts) {
    if (part.start === previous.start) continue;
    // What is looked at once must not be decoded from several places.
    if (part.start < previous.end) throw new RangeError("strips and tiles must lie apart");
    previous = part;
    const limits = { scans: MAX_SCANS, segments: MAX_SEGMENTS };
    const { scans, segments } = countJpegMarkers(bytes.subarray(part.start, part.end), limits);
    if (scans > MAX_SCANS || segments > MAX_SEGMENTS)
      throw new RangeError(`a strip or tile must have at most ${MAX_SCANS} scans and ${MAX_SEGMENTS} segments`);
  }
}
