/** One part of a document that may be told in full, in short, or be counted. */
export interface Entry {
  readonly full: string;
  readonly short: string;
}

export interface Block {
  readonly open: string;
  readonly close: string;
  readonly entries: readonly Entry[];
  /** Stands for entries that are left out. */
  readonly rest: (count: number) => string;
  /** Stands for the whole block. */
  readonly brief: string;
  /** Its part of the room, where not everything fits, beside those of the others. */
  readonly weight: number;
}

export interface Layout {
  readonly head: string;
  readonly blocks: readonly Block[];
  /** Stands for blocks that are left out altogether. */
  readonly omitted: (count: number) => string;
}

/** Of what a crowded block may take, this part goes to entries in full; the rest names the others. */
const PART_IN_FULL = 0.7;

const bytesOf = (text: string) => Buffer.byteLength(text);

/** The document in at most `maxBytes` of UTF-8: its head always, and of each block as much as its share allows. */
export function fitLayout({ head, blocks, omitted }: Layout, maxBytes: number): string {
  const room = maxBytes - bytesOf(head);
  const shown = countOfBriefs(blocks, room, omitted);
  const kept = blocks.slice(0, shown);
  const tail = shown < blocks.length ? omitted(blocks.length - shown) : "";
  const shares = shareOut(kept, room - bytesOf(tail));
  return `${head}${kept.map((block, index) => fitBlock(block, shares[index] ?? 0)).join("")}${tail}`;
}

/** How many blocks can at least be mentioned. */
function countOfBriefs(blocks: readonly Block[], room: number, omitted: Layout["omitted"]): number {
  let left = room;
  for (const [index, block] of blocks.entries()) {
    const isLast = index === blocks.length - 1;
    left -= bytesOf(block.brief);
    if (left < (isLast ? 0 : bytesOf(omitted(blocks.length)))) return index;
  }
  return blocks.length;
}

/** Every block gets what it needs, or else its part of what those that need less leave over. */
function shareOut(blocks: readonly Block[], room: number): readonly number[] {
  const briefs = blocks.map(({ brief }) => bytesOf(brief));
  const shares = [...briefs];
  let left = room - briefs.reduce((sum, size) => sum + size, 0);
  const needs = blocks
    .map((block, index) => ({
      index,
      weight: block.weight,
      bytes: Math.max(0, bytesInFull(block) - (briefs[index] ?? 0)),
    }))
    .sort((one, other) => one.bytes / one.weight - other.bytes / other.weight);
  let weights = needs.reduce((sum, { weight }) => sum + weight, 0);
  for (const { index, weight, bytes } of needs) {
    const given = Math.min(bytes, Math.floor((left * weight) / weights));
    shares[index] = (shares[index] ?? 0) + given;
    left -= given;
    weights -= weight;
  }
  return shares;
}

function bytesInFull({ open, close, entries }: Block): number {
  return entries.reduce((sum, { full }) => sum + bytesOf(full), bytesOf(open) + bytesOf(close));
}

function fitBlock(block: Block, share: number): string {
  const { open, close, entries, rest, brief } = block;
  if (bytesInFull(block) <= share) return `${open}${entries.map(({ full }) => full).join("")}${close}`;
  const room = share - bytesOf(open) - bytesOf(close) - bytesOf(rest(entries.length));
  const told: string[] = [];
  let used = 0;
  for (const { full, short } of entries) {
    const text = used + bytesOf(full) <= room * PART_IN_FULL ? full : short;
    if (used + bytesOf(text) > room) break;
    used += bytesOf(text);
    told.push(text);
  }
  if (told.length === 0) return brief;
  return `${open}${told.join("")}${told.length < entries.length ? rest(entries.length - told.length) : ""}${close}`;
}
