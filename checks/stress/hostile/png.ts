import { deflateSync } from "node:zlib";
import { deflatedZeros, png, pngChunk } from "../../images/image-containers";
import { largestSharedExif } from "./exif";
import type { HostileClass } from "./hostile-class";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const OVERHEAD = 200;

const smallPng = (chunks: readonly Buffer[]): Buffer => png({ width: 10, height: 10 }, deflatedZeros(310), chunks);

/** As many of a chunk as fit. */
const filledWith = (chunk: Buffer, maxBytes: number): Buffer =>
  smallPng([Buffer.alloc(Math.floor((maxBytes - OVERHEAD) / chunk.length) * chunk.length, chunk)]);

const compressedText = (type: "zTXt" | "iTXt", inflated: number): Buffer =>
  pngChunk(
    type,
    Buffer.concat([latin1(type === "zTXt" ? "Comment\0\0" : "Comment\0\x01\0\0\0"), deflatedZeros(inflated)]),
  );

function profile(bytes: number): Buffer {
  const icc = Buffer.alloc(bytes);
  icc.writeUInt32BE(bytes);
  return pngChunk("iCCP", Buffer.concat([latin1("icc\0\0"), deflateSync(icc, { level: 1 })]));
}

/** Rows of nothing, in IDAT chunks of so many bytes. */
function inChunksOf(bytes: number, header: Parameters<typeof png>[0], rows: Buffer): Buffer {
  const whole = png(header, Buffer.alloc(0));
  const start = whole.length - 24;
  const chunks: Buffer[] = [];
  for (let offset = 0; offset < rows.length; offset += bytes)
    chunks.push(pngChunk("IDAT", rows.subarray(offset, offset + bytes)));
  return Buffer.concat([whole.subarray(0, start), ...chunks, whole.subarray(start + 12)]);
}

export const HOSTILE_PNGS: readonly HostileClass[] = [
  { name: "PNG: zTXt of 20 MB each", bytes: (max) => filledWith(compressedText("zTXt", 20_000_000), max) },
  { name: "PNG: iTXt of 20 MB each", bytes: (max) => filledWith(compressedText("iTXt", 20_000_000), max) },
  { name: "PNG: zTXt of 49 MB each", bytes: (max) => filledWith(compressedText("zTXt", 49_000_000), max) },
  { name: "PNG: tEXt without end", bytes: (max) => filledWith(pngChunk("tEXt", latin1("a\0b")), max) },
  {
    name: "PNG: one tEXt",
    bytes: (max) => smallPng([pngChunk("tEXt", Buffer.concat([latin1("a\0"), Buffer.alloc(max - OVERHEAD, 97)]))]),
  },
  {
    name: "PNG: sPLT of 1 MB each",
    bytes: (max) => filledWith(pngChunk("sPLT", Buffer.concat([latin1("p\0\x08"), Buffer.alloc(1_000_002)])), max),
  },
  { name: "PNG: unknown chunks", bytes: (max) => filledWith(pngChunk("prVt", Buffer.alloc(0)), max) },
  { name: "PNG: gAMA without end", bytes: (max) => filledWith(pngChunk("gAMA", Buffer.of(0, 0, 0xb1, 0x8f)), max) },
  { name: "PNG: PLTE without end", bytes: (max) => filledWith(pngChunk("PLTE", Buffer.alloc(3)), max) },
  { name: "PNG: APNG frames", bytes: (max) => filledWith(pngChunk("fdAT", Buffer.alloc(4)), max) },
  { name: "PNG: profile of 49 MB", bytes: () => smallPng([profile(49_000_000)]) },
  { name: "PNG: profile of 4 MB", bytes: () => smallPng([profile(4_194_304)]) },
  {
    name: "PNG: EXIF of shared values",
    bytes: (max) => smallPng([pngChunk("eXIf", largestSharedExif(max - OVERHEAD))]),
  },
  { name: "PNG: EXIF of 64 KB of shared values", bytes: () => smallPng([pngChunk("eXIf", largestSharedExif(65_535))]) },
  { name: "PNG: IDAT of nothing", bytes: (max) => filledWith(pngChunk("IDAT", Buffer.alloc(0)), max) },
  {
    name: "PNG: 50 MP of 16-bit RGBA in small IDATs",
    bytes: (max) => {
      const rows = deflatedZeros(7070 * (1 + 8 * 7070));
      return inChunksOf(
        Math.max(1, Math.ceil((rows.length * 12) / (max - 2 * rows.length))),
        { width: 7070, height: 7070, bits: 16, colourType: 6 },
        rows,
      );
    },
  },
  {
    name: "PNG: 30000 x 1666 of 16-bit RGBA",
    bytes: () => png({ width: 30_000, height: 1666, bits: 16, colourType: 6 }, deflatedZeros(1666 * (1 + 8 * 30_000))),
  },
  {
    name: "PNG: 30000 px high",
    bytes: () => png({ width: 1666, height: 30_000, bits: 16, colourType: 6 }, deflatedZeros(30_000 * (1 + 8 * 1666))),
  },
  {
    name: "PNG: largest interlaced RGB",
    bytes: () => png({ width: 7070, height: 7070, interlaced: true }, deflatedZeros(7070 * 7070 * 3 + 40_000)),
  },
  {
    name: "PNG: largest interlaced 16-bit RGBA",
    bytes: () =>
      png(
        { width: 8000, height: 8000, bits: 16, colourType: 6, interlaced: true },
        deflatedZeros(8000 * 8000 * 8 + 60_000),
      ),
  },
];
