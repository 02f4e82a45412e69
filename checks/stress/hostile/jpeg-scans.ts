const START = Buffer.of(0xff, 0xd8);
const END = Buffer.of(0xff, 0xd9);
const BLOCK_SIDE = 8;
/** Of the longest run of empty blocks that one code stands for. */
const LONGEST_RUN_BITS = 14;
const CODE_BITS = 4;

export const Frame = { baseline: 0xc0, progressive: 0xc2, arithmetic: 0xc9, progressiveArithmetic: 0xca } as const;

/** Which coefficients of which components a scan has, and which of their bits. */
export interface Scan {
  readonly components: readonly number[];
  readonly from: number;
  readonly to: number;
  /** The bit that the scan before it ended with; 0 in the first scan of these coefficients. */
  readonly high: number;
  readonly low: number;
}

export interface ScannedJpeg {
  readonly width: number;
  readonly height: number;
  readonly frame: (typeof Frame)[keyof typeof Frame];
  /** Horizontal and vertical sampling factors of each component. */
  readonly sampling: readonly (readonly [number, number])[];
  readonly scans: readonly Scan[];
  /** Of a scan; runs of empty blocks when absent. */
  readonly data?: (scan: Scan, blocks: number) => Buffer;
  readonly restartInterval?: number;
}

/** A segment of a JPEG, with its marker and its length. */
export function segment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

/** A JPEG whose scans are complete and valid, though all coefficients are zeros: a few bytes for each scan, at any size. */
export function scannedJpeg(image: ScannedJpeg): Buffer {
  const { width, height, frame, sampling, scans, data = emptyBlocks, restartInterval } = image;
  const sizes = Buffer.alloc(4);
  sizes.writeUInt16BE(height, 0);
  sizes.writeUInt16BE(width, 2);
  const components = sampling.flatMap(([across, down], index) => [index + 1, across * 16 + down, 0]);
  const interval = Buffer.alloc(2);
  interval.writeUInt16BE(restartInterval ?? 0);
  return Buffer.concat([
    START,
    segment(0xdb, Buffer.concat([Buffer.of(0), Buffer.alloc(64, 1)])),
    segment(frame, Buffer.concat([Buffer.of(8), sizes, Buffer.of(sampling.length, ...components)])),
    segment(0xc4, Buffer.concat([differencesTable(), runsTable()])),
    ...(restartInterval === undefined ? [] : [segment(0xdd, interval)]),
    ...scans.map((scan) =>
      Buffer.concat([
        segment(
          0xda,
          Buffer.of(
            scan.components.length,
            ...scan.components.flatMap((component) => [component + 1, 0]),
            scan.from,
            scan.to,
            scan.high * 16 + scan.low,
          ),
        ),
        data(scan, blocksOf(image, scan)),
      ]),
    ),
    END,
  ]);
}

/** As many scans as are asked for that each refine all coefficients of one component by a bit, after what must come before. */
export function refiningScans(components: number, count: number): readonly Scan[] {
  const all = Array.from({ length: components }, (_, component) => component);
  const scans: Scan[] = [{ components: all, from: 0, to: 0, high: 0, low: 0 }];
  const HIGHEST_BIT = 13;
  for (const component of all)
    for (let low = HIGHEST_BIT; low >= 0; low -= 1)
      scans.push({ components: [component], from: 1, to: 63, high: low === HIGHEST_BIT ? 0 : low + 1, low });
  return scans.slice(0, count);
}

/** A single scan of a sequential image. */
export const sequentialScan = (components: number): Scan => ({
  components: Array.from({ length: components }, (_, component) => component),
  from: 0,
  to: 63,
  high: 0,
  low: 0,
});

/** Blocks of a component that comes alone are as many as it needs; those of several together fill whole units. */
function blocksOf({ width, height, sampling }: ScannedJpeg, { components }: Scan): number {
  const widest = Math.max(...sampling.map(([across]) => across));
  const highest = Math.max(...sampling.map(([, down]) => down));
  const [only, ...more] = components;
  if (only !== undefined && more.length === 0) {
    const [across, down] = sampling[only] ?? [1, 1];
    return Math.ceil((width * across) / widest / BLOCK_SIDE) * Math.ceil((height * down) / highest / BLOCK_SIDE);
  }
  const units = Math.ceil(width / (BLOCK_SIDE * widest)) * Math.ceil(height / (BLOCK_SIDE * highest));
  return components.reduce((sum, component) => {
    const [across, down] = sampling[component] ?? [1, 1];
    return sum + across * down * units;
  }, 0);
}

/** The only code is a single zero: no difference. */
function differencesTable(): Buffer {
  const counts = Buffer.alloc(16);
  counts[0] = 1;
  return Buffer.concat([Buffer.of(0x00), counts, Buffer.of(0)]);
}

/** Codes of four bits, in order: ends of 1, of 2 to 3, of 4 to 7 blocks, and so on. */
function runsTable(): Buffer {
  const counts = Buffer.alloc(16);
  counts[CODE_BITS - 1] = LONGEST_RUN_BITS + 1;
  return Buffer.concat([
    Buffer.of(0x10),
    counts,
    Buffer.from(Array.from({ length: LONGEST_RUN_BITS + 1 }, (_, bits) => bits * 16)),
  ]);
}

function emptyBlocks({ from, to, high }: Scan, blocks: number): Buffer {
  // A bit of each block: no difference, or a bit that is not set. A sequential block also ends at once, by a code of four.
  if (from === 0 && to === 0) return Buffer.alloc(Math.ceil(blocks / 8));
  if (from === 0 && high === 0) return Buffer.alloc(Math.ceil((blocks * (1 + CODE_BITS)) / 8));
  const bits: string[] = [];
  for (let left = blocks; left > 0; ) {
    const runBits = Math.min(LONGEST_RUN_BITS, Math.floor(Math.log2(left)));
    const run = Math.min(left, 2 ** (runBits + 1) - 1);
    bits.push(binary(runBits, CODE_BITS), binary(run - 2 ** runBits, runBits));
    left -= run;
  }
  return stuffed(bits.join(""));
}

const binary = (value: number, bits: number): string => (bits === 0 ? "" : value.toString(2).padStart(bits, "0"));

/** Filled up with ones; a byte of ones is followed by zeros, because it would begin a marker. */
function stuffed(bits: string): Buffer {
  const bytes: number[] = [];
  for (let start = 0; start < bits.length; start += 8) {
    const byte = Number.parseInt(bits.slice(start, start + 8).padEnd(8, "1"), 2);
    bytes.push(byte);
    if (byte === 0xff) bytes.push(0);
  }
  return Buffer.from(bytes);
}
