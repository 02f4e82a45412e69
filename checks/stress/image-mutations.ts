import { crc32 } from "node:zlib";

/** Numbers that follow from a seed alone. */
export interface Random {
  /** From 0, below `limit`. */
  below(limit: number): number;
}

/** mulberry32: one 32-bit state, so that any index of any seed can be replayed by itself. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
    },
  };
}

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

/** Where formats keep dimensions, lengths and types. */
const HEADER_BYTES = 300;
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
/** JPEG segments: quantization, Huffman, frames, restart interval, scan, application data, end. */
const JPEG_MARKERS = [0xdb, 0xc4, 0xc0, 0xc1, 0xc2, 0xc9, 0xdd, 0xda, 0xe0, 0xe1, 0xe2, 0xee, 0xd9, 0xd0];

function place(bytes: Buffer, random: Random): number {
  const limit = random.below(2) === 0 ? Math.min(HEADER_BYTES, bytes.length) : bytes.length;
  return random.below(Math.max(1, limit));
}

const flip: Mutation = (bytes, random) => {
  const copy = Buffer.from(bytes);
  for (let count = 1 + random.below(random.below(2) === 0 ? 2 : 24); count > 0; count -= 1)
    copy[place(copy, random)] = random.below(256);
  return copy;
};

const cut: Mutation = (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1));

const splice: Mutation = (bytes, random, other) =>
  Buffer.concat([bytes.subarray(0, place(bytes, random)), other.subarray(place(other, random))]);

/** A dimension, offset or length becomes another. */
const lie: Mutation = (bytes, random) => {
  const copy = Buffer.from(bytes);
  const width = [1, 2, 4][random.below(3)] ?? 1;
  if (copy.length < width) return copy;
  const value = (random.below(2) === 0 ? EXTREMES[random.below(EXTREMES.length)] : random.below(60_000)) ?? 0;
  const offset = Math.min(place(copy, random), copy.length - width);
  const clipped = value % 2 ** (8 * width);
  if (random.below(2) === 0) copy.writeUIntBE(clipped, offset, width);
  else copy.writeUIntLE(clipped, offset, width);
  return copy;
};

const repeat: Mutation = (bytes, random) => {
  const start = place(bytes, random);
  const end = Math.min(bytes.length, start + 1 + random.below(400));
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
};

const remove: Mutation = (bytes, random) => {
  const start = place(bytes, random);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + random.below(400))]);
};

/** A marker appears, or becomes another. */
const mark: Mutation = (bytes, random) => {
  const copy = Buffer.from(bytes);
  const from = place(copy, random);
  const found = copy.indexOf(0xff, from);
  const offset = found >= 0 && random.below(4) > 0 ? found : from;
  copy[offset] = 0xff;
  if (offset + 1 < copy.length) copy[offset + 1] = JPEG_MARKERS[random.below(JPEG_MARKERS.length)] ?? 0xd9;
  return copy;
};

const MUTATIONS: readonly Mutation[] = [flip, cut, splice, lie, lie, lie, repeat, remove, mark];

/** One of `images`, damaged in one to three ways. */
export function mutatedImage(images: readonly Buffer[], random: Random): Buffer {
  const pick = (): Buffer => images[random.below(images.length)] ?? Buffer.alloc(0);
  let bytes = pick();
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const mutation = MUTATIONS[random.below(MUTATIONS.length)] ?? flip;
    bytes = mutation(bytes, random, pick());
  }
  // With its checksums wrong a PNG is refused before anything else is looked at.
  return random.below(4) > 0 ? withPngChecksums(bytes) : bytes;
}

function withPngChecksums(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, 8).equals(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"))) return bytes;
  const copy = Buffer.from(bytes);
  for (let start = 8; start + 12 <= copy.length; ) {
    const end = start + 8 + copy.readUInt32BE(start);
    if (end + 4 > copy.length) break;
    copy.writeUInt32BE(crc32(copy.subarray(start + 4, end)), end);
    start = end + 4;
  }
  return copy;
}
