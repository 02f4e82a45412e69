import { jpegHeader } from "../../images/image-containers";
import { plain } from "../../images/pictures";
import { largestSharedExif } from "./exif";
import type { HostileClass } from "./hostile-class";
import { arithmeticBlocks } from "./jpeg-arithmetic";
import { Frame, refiningScans, type Scan, type ScannedJpeg, scannedJpeg, segment, sequentialScan } from "./jpeg-scans";

const MAX_CONTENT = 65_533;

const withSegments = async (segments: Buffer): Promise<Buffer> => {
  const image = await plain(64, 64).jpeg().toBuffer();
  return Buffer.concat([image.subarray(0, 2), segments, image.subarray(2)]);
};

const filledWith = (marker: number, content: Buffer, maxBytes: number): Promise<Buffer> => {
  const one = segment(marker, content);
  return withSegments(Buffer.alloc(Math.floor((maxBytes - 2000) / one.length) * one.length, one));
};

const padded = (head: string): Buffer =>
  Buffer.concat([Buffer.from(head, "latin1"), Buffer.alloc(MAX_CONTENT)]).subarray(0, MAX_CONTENT);

/** Chunks of one profile. */
function profileChunks(count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, index) =>
      segment(0xe2, padded(`ICC_PROFILE\0${String.fromCharCode(index + 1, count)}`)),
    ),
  );
}

const oneToOne = (components: number): ScannedJpeg["sampling"] => Array.from({ length: components }, () => [1, 1]);

/** 49 MP whose scans each refine all of it. */
const refined = (
  components: number,
  scans: number,
  more: Pick<ScannedJpeg, "data"> & { readonly frame?: ScannedJpeg["frame"] } = {},
): Buffer =>
  scannedJpeg({
    width: 7000,
    height: 7000,
    frame: Frame.progressive,
    sampling: oneToOne(components),
    scans: refiningScans(components, scans),
    ...more,
  });

/** Scans of the same kind have the same data. */
function arithmetic(components: number, scans: number): Buffer {
  const made = new Map<string, Buffer>();
  const data = (scan: Scan, blocks: number): Buffer => {
    const kind = `${scan.to} ${scan.high > 0} ${blocks}`;
    const blocksData = made.get(kind) ?? arithmeticBlocks(scan, blocks);
    made.set(kind, blocksData);
    return blocksData;
  };
  return refined(components, scans, { frame: Frame.progressiveArithmetic, data });
}

const sequential = (sampling: ScannedJpeg["sampling"], more: Partial<ScannedJpeg> = {}): Buffer =>
  scannedJpeg({
    width: 7000,
    height: 7000,
    frame: Frame.baseline,
    sampling,
    scans: [sequentialScan(sampling.length)],
    ...more,
  });

/** A marker after each block of three components. */
function restarts(_: Scan, blocks: number): Buffer {
  const unit = (marker: number): Buffer => Buffer.of(0, 0, 0xff, marker);
  const eight = Buffer.concat(Array.from({ length: 8 }, (_, index) => unit(0xd0 + index)));
  return Buffer.alloc((blocks / 3) * 4 - 2, eight);
}

const MARKERS: readonly (readonly [string, number, Buffer])[] = [
  ["empty APP1", 0xe1, Buffer.alloc(0)],
  ["empty APP2", 0xe2, Buffer.alloc(0)],
  ["empty APP13", 0xed, Buffer.alloc(0)],
  ["empty APP14", 0xee, Buffer.alloc(0)],
  ["empty COM", 0xfe, Buffer.alloc(0)],
  ["APP1 of EXIF", 0xe1, padded("Exif\0\0")],
  ["APP1 of XMP", 0xe1, padded("http://ns.adobe.com/xap/1.0/\0")],
  ["APP1 of little XMP", 0xe1, Buffer.from("http://ns.adobe.com/xap/1.0/\0", "latin1")],
  ["APP13 of IPTC", 0xed, padded("Photoshop 3.0\0")],
  ["APP13 of little IPTC", 0xed, Buffer.from("Photoshop 3.0\0", "latin1")],
  ["APP2 of little profile", 0xe2, Buffer.from("ICC_PROFILE\0\x01\x01ab", "latin1")],
  ["DQT", 0xdb, Buffer.concat([Buffer.of(0), Buffer.alloc(64, 1)])],
  ["DHT", 0xc4, Buffer.alloc(17)],
  ["DRI", 0xdd, Buffer.of(0, 1)],
];

export const HOSTILE_JPEGS: readonly HostileClass[] = [
  ...MARKERS.map(
    ([name, marker, content]): HostileClass => ({
      name: `JPEG: ${name} without end`,
      bytes: (max) => filledWith(marker, content, max),
    }),
  ),
  { name: "JPEG: profile of 100 chunks", bytes: () => withSegments(profileChunks(100)) },
  {
    name: "JPEG: EXIF of shared values",
    bytes: () =>
      withSegments(segment(0xe1, Buffer.concat([Buffer.from("Exif\0\0", "latin1"), largestSharedExif(65_000)]))),
  },
  { name: "JPEG: 43 scans of 49 MP", bytes: () => refined(3, 64) },
  { name: "JPEG: 57 scans of 49 MP of CMYK", bytes: () => refined(4, 64) },
  { name: "JPEG: 21 scans of 49 MP with arithmetic codes", bytes: () => arithmetic(3, 21) },
  { name: "JPEG: 21 scans of 49 MP of CMYK with arithmetic codes", bytes: () => arithmetic(4, 21) },
  { name: "JPEG: 57 scans of 49 MP of CMYK with arithmetic codes", bytes: () => arithmetic(4, 64) },
  {
    name: "JPEG: 49 MP with a restart after every block",
    bytes: () => sequential(oneToOne(3), { restartInterval: 1, data: restarts }),
  },
  {
    name: "JPEG: 49 MP of components of odd sampling",
    bytes: () =>
      sequential([
        [4, 1],
        [1, 2],
        [2, 1],
      ]),
  },
  {
    name: "JPEG: 49 MP of CMYK of odd sampling in scans of one component",
    bytes: () =>
      sequential(
        [
          [4, 4],
          [1, 4],
          [4, 1],
          [2, 2],
        ],
        { scans: [0, 1, 2, 3].map((only) => ({ ...sequentialScan(1), components: [only] })) },
      ),
  },
  { name: "JPEG: ten components", bytes: () => sequential(oneToOne(10), { scans: [] }) },
  {
    name: "JPEG: a height that follows the first scan",
    bytes: () =>
      sequential(oneToOne(3), {
        height: 0,
        data: () => Buffer.concat([Buffer.alloc(4000), segment(0xdc, Buffer.of(27, 88))]),
      }),
  },
  { name: "JPEG: 49 MP without pixels", bytes: () => jpegHeader(7000, 7000, 0xc0, 3) },
];
