import { jpegHeader } from "../../images/image-containers";
import { plain } from "../../images/pictures";
import { largestSharedExif } from "./exif";
import type { HostileClass } from "./hostile-class";

const MAX_CONTENT = 65_533;

function segment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

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

/** A progressive image of 49 MP whose last scan comes again, until there are as many scans as are allowed. */
async function manyScans(chromaSubsampling: "4:4:4" | "4:2:0"): Promise<Buffer> {
  const image = await plain(7000, 7000).jpeg({ progressive: true, chromaSubsampling }).toBuffer();
  const last = image.lastIndexOf(Buffer.of(0xff, 0xda));
  const more = Array.from({ length: 64 - 10 }, () => image.subarray(last, -2));
  return Buffer.concat([image.subarray(0, -2), ...more, image.subarray(-2)]);
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
  { name: "JPEG: 64 scans of 49 MP", bytes: () => manyScans("4:4:4") },
  { name: "JPEG: 64 scans of 49 MP with less colour", bytes: () => manyScans("4:2:0") },
  { name: "JPEG: 49 MP without pixels", bytes: () => jpegHeader(7000, 7000, 0xc0, 3) },
];
