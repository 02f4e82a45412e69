/** Baseline and extended with Huffman codes, and with arithmetic codes. */
const SEQUENTIAL_FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc9]);
/** Sequential and progressive. */
const ARITHMETIC_FRAMES: ReadonlySet<number> = new Set([0xc9, 0xca]);
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const ESCAPED = 0x00;
const FIRST_RESTART = 0xd0;
const LAST_RESTART = 0xd7;

/**
 * With Huffman codes one symbol can stand for thousands of empty blocks. Arithmetic codes have a decision for each coefficient:
 * a scan of 49 MP took 0.36 s instead of 0.1 s, from a kilobyte.
 */
const ARITHMETIC_SCAN_COST = 3;

export interface JpegCounts {
  /** One with arithmetic codes counts as three. */
  readonly scans: number;
  /** Tables, profiles, metadata and comments, besides frame and scans. */
  readonly segments: number;
}

/**
 * Counts what a decoder works through, until a count is above its limit. Every scan goes over the whole image again, however few
 * bytes it has: sixty kilobytes can ask for three thousand of them. Every segment of metadata is kept with a head of its own: 10 MB
 * of empty ones took 800 MB. What follows the end of the image, such as a film, does not count; neither does what follows a
 * sequential scan of all components, in which libjpeg expects no other.
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf B.1.1, B.2.2 and B.2.3
 */
export function countJpegMarkers(bytes: Buffer, limits: JpegCounts): JpegCounts {
  let scans = 0;
  let segments = 0;
  let scanCost = 1;
  let sequentialComponents: number | undefined;
  for (let offset = bytes.indexOf(0xff, 2); offset >= 0; offset = bytes.indexOf(0xff, offset)) {
    if (scans > limits.scans || segments > limits.segments) break;
    const marker = bytes[offset + 1];
    if (marker === undefined || marker === END_OF_IMAGE) break;
    // A fill byte is followed by the marker itself; escapes and restarts stand alone within a scan's data.
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    if (marker === ESCAPED || (marker >= FIRST_RESTART && marker <= LAST_RESTART)) {
      offset += 2;
      continue;
    }
    if (SEQUENTIAL_FRAMES.has(marker)) sequentialComponents = bytes[offset + 9];
    if (ARITHMETIC_FRAMES.has(marker)) scanCost = ARITHMETIC_SCAN_COST;
    if (marker === START_OF_SCAN) {
      scans += scanCost;
      if (bytes[offset + 4] === sequentialComponents) break;
    } else {
      segments += 1;
    }
    offset += 2 + segmentBytes(bytes, offset + 2);
  }
  return { scans, segments };
}

/** The length at `offset` counts itself. */
const segmentBytes = (bytes: Buffer, offset: number): number =>
  offset + 2 <= bytes.length ? Math.max(2, bytes.readUInt16BE(offset)) : bytes.length;
