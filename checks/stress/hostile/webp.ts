import { plain } from "../../images/pictures";
import { largestSharedExif } from "./exif";
import type { HostileClass } from "./hostile-class";

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, "latin1");
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

function riff(...chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from("WEBP", "latin1"), ...chunks]);
  return chunk("RIFF", body);
}

const FLAG = { animation: 2, xmp: 4, exif: 8, alpha: 16, icc: 32 } as const;

function extended(flags: number, width: number, height: number): Buffer {
  const data = Buffer.alloc(10);
  data[0] = flags;
  data.writeUIntLE(width - 1, 4, 3);
  data.writeUIntLE(height - 1, 7, 3);
  return chunk("VP8X", data);
}

const bitstream = async (width: number, height: number): Promise<Buffer> =>
  (await plain(width, height).webp({ lossless: true, effort: 0 }).toBuffer()).subarray(12);

async function frames(maxBytes: number, canvas: number, side: number, durations = 100): Promise<Buffer> {
  const image = await bitstream(side, side);
  const head = Buffer.alloc(16);
  head.writeUIntLE(side - 1, 6, 3);
  head.writeUIntLE(side - 1, 9, 3);
  head.writeUIntLE(durations, 12, 3);
  const frame = chunk("ANMF", Buffer.concat([head, image]));
  const count = Math.floor((maxBytes - 100) / frame.length);
  return riff(
    extended(FLAG.animation, canvas, canvas),
    chunk("ANIM", Buffer.alloc(6)),
    Buffer.alloc(count * frame.length, frame),
  );
}

const still = async (flags: number, ...chunks: readonly Buffer[]): Promise<Buffer> =>
  riff(extended(flags, 64, 64), await bitstream(64, 64), ...chunks);

export const HOSTILE_WEBPS: readonly HostileClass[] = [
  { name: "WebP: frames of one pixel", bytes: (max) => frames(max, 64, 1) },
  { name: "WebP: frames of one pixel on 49 MP", bytes: (max) => frames(max, 7000, 1) },
  { name: "WebP: a frame of 49 MP", bytes: () => frames(20_000, 7000, 7000) },
  {
    name: "WebP: EXIF of shared values",
    bytes: (max) => still(FLAG.exif, chunk("EXIF", largestSharedExif(Math.min(8_388_600, max - 1000)))),
  },
  { name: "WebP: one XMP", bytes: (max) => still(FLAG.xmp, chunk("XMP ", Buffer.alloc(max - 1000, 97))) },
  {
    name: "WebP: one profile",
    bytes: async (max) =>
      riff(extended(FLAG.icc, 64, 64), chunk("ICCP", Buffer.alloc(max - 1000, 97)), await bitstream(64, 64)),
  },
  {
    name: "WebP: unknown chunks",
    bytes: (max) => still(0, Buffer.alloc(Math.floor((max - 1000) / 8) * 8, chunk("prVt", Buffer.alloc(0)))),
  },
  {
    name: "WebP: empty EXIF without end",
    bytes: (max) => still(FLAG.exif, Buffer.alloc(Math.floor((max - 1000) / 8) * 8, chunk("EXIF", Buffer.alloc(0)))),
  },
  { name: "WebP: 49 MP lossless", bytes: () => bitstream(7000, 7000).then((image) => riff(image)) },
  {
    name: "WebP: 49 MP lossy with alpha",
    bytes: () => plain(7000, 7000).ensureAlpha(0.5).webp({ effort: 0 }).toBuffer(),
  },
];
