import { type Av1Colours, av1Colours } from "./av1-colours";
import { codedItems, type ImageItems, readImageItems } from "./avif-items";
import { type Box, readItemData } from "./isobmff-boxes";

/** What an AVIF says of its colours; its colour profile, when it has one, goes before primaries and transfer. */
export interface AvifColours extends Av1Colours {
  /** Colours are stored as they are on black. */
  readonly premultiplied: boolean;
}

/**
 * The primary image's colours. A `colr` box goes before what the bitstream says; a grid without one is as its first tile.
 * @throws {RangeError} when the primary image is not understood
 * @see ISO/IEC 23000-22, 7.3.6.4
 */
export function avifColours(file: Buffer): AvifColours | undefined {
  const items = readImageItems(file);
  const [first] = codedItems(items, items.primary);
  if (first === undefined) return undefined;
  const parts = readItemData(file, items.meta, new Set([first])).get(first) ?? [];
  const stream = av1Colours(parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts));
  if (!stream) return undefined;
  const box = [items.primary, first].map((item) => nclx(items.properties.get(item) ?? [])).find(Boolean);
  return { ...stream, ...box, premultiplied: isPremultiplied(items, first) };
}

function nclx(properties: readonly Box[]): Omit<Av1Colours, "bits" | "monochrome"> | undefined {
  const colr = properties.find(({ type, content }) => type === "colr" && content.toString("latin1", 0, 4) === "nclx");
  if (!colr) return undefined;
  const { content } = colr;
  return {
    primaries: content.readUInt16BE(4),
    transfer: content.readUInt16BE(6),
    matrix: content.readUInt16BE(8),
    fullRange: (content.readUInt8(10) & 0x80) !== 0,
  };
}

const isPremultiplied = ({ references, primary }: ImageItems, first: number): boolean =>
  references.some(({ type, from }) => type === "prem" && (from === primary || from === first));
