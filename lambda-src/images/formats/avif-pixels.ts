import { countAv1Frames } from "./av1-units";
import { codedItems, type ImageItems, readImageItems } from "./avif-items";
import { readItemData } from "./isobmff-boxes";

/** Of `av1C`, before its first unit. */
const CONFIGURATION_HEADER_BYTES = 4;

/** A still image has one, a layered image up to four. */
const MAX_FRAMES = 8;

/** Its planes, which the decoder may keep: 6.2 of the 25 bytes a pixel that an image takes, measured with 12 bits and 4:4:4. */
const FURTHER_FRAME_SHARE = 0.25;

/** Tiles may share data, but the decoder gets it anew for each: honest ones share next to nothing. */
const MAX_SHARED_BYTES = 16 * 1_048_576;

/**
 * Pixels that are decoded for the primary image: of its colour or of its alpha, whichever has more. A cropped image decodes
 * more than it shows, and the tiles of a grid may be larger and more than the grid: a file of 5 KB with an image of 64x64 can
 * cost gigabytes. The tiles of a grid are decoded at once. A further frame of an image counts as a quarter.
 * @throws {RangeError} when the file is not understood, its primary image is neither coded nor a grid of coded images, or one
 * of these has more frames than an image needs
 * @see ISO/IEC 23008-12, 6.6.2.3
 */
export function avifDecodedPixels(bytes: Buffer): number {
  const items = readImageItems(bytes);
  const tiles = codedItems(items, items.primary);
  const shown = new Set([items.primary, ...tiles]);
  const auxiliary = items.references
    .filter(({ type, to }) => type === "auxl" && to.some((item) => shown.has(item)))
    .flatMap(({ from }) => codedItems(items, from));
  const frames = countFrames(bytes, items, [...tiles, ...auxiliary]);
  return Math.max(totalPixels(items, frames, tiles), totalPixels(items, frames, auxiliary));
}

/** Frames of each coded image. The decoder works through all of them, one full decode each, and shows one. */
function countFrames(file: Buffer, items: ImageItems, coded: readonly number[]): ReadonlyMap<number, number> {
  const data = readItemData(file, items.meta, new Set(coded));
  const maxBytes = Math.max(file.length, MAX_SHARED_BYTES);
  const framesOf = new Map<number, number>();
  let bytes = 0;
  for (const item of coded) {
    const parts = [configurationOf(items, item), ...(data.get(item) ?? [])];
    bytes += parts.reduce((total, part) => total + part.length, 0);
    if (bytes > maxBytes) throw new RangeError(`images must have at most ${maxBytes} bytes of data, got more`);
    const frames = countAv1Frames(Buffer.concat(parts));
    if (frames > MAX_FRAMES)
      throw new RangeError(`image ${item} must have at most ${MAX_FRAMES} frames, got ${frames}`);
    framesOf.set(item, frames);
  }
  return framesOf;
}

/** What the decoder gets before the item's data, from the item's `av1C`. */
function configurationOf({ properties }: ImageItems, item: number): Buffer {
  const [configuration, ...more] = (properties.get(item) ?? []).filter(({ type }) => type === "av1C");
  if (!configuration || more.length > 0) throw new RangeError(`image ${item} must have one configuration`);
  return configuration.content.subarray(CONFIGURATION_HEADER_BYTES);
}

function totalPixels(items: ImageItems, frames: ReadonlyMap<number, number>, coded: readonly number[]): number {
  const total = coded.reduce((sum, item) => {
    const furtherFrames = Math.max(0, (frames.get(item) ?? 0) - 1);
    return sum + itemPixels(items, item) * (1 + furtherFrames * FURTHER_FRAME_SHARE);
  }, 0);
  return Math.ceil(total);
}

/** From the item's `ispe`; libheif refuses a bitstream that is larger. Of several the largest: no reader decodes more. */
function itemPixels({ properties }: ImageItems, item: number): number {
  const dimensions = (properties.get(item) ?? []).filter(({ type }) => type === "ispe");
  if (dimensions.length === 0) throw new RangeError(`image ${item} must have dimensions`);
  return Math.max(...dimensions.map(({ content }) => content.readUInt32BE(4) * content.readUInt32BE(8)));
}
