import { gifHeader, gifOf } from "../../images/gif-containers";
import type { HostileClass } from "./hostile-class";

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 2 * index);
  return bytes;
};

const filled = (unit: Buffer, maxBytes: number): Buffer =>
  Buffer.alloc(Math.floor(maxBytes / unit.length) * unit.length, unit);
const TRAILER = Buffer.of(0x3b);

/** A canvas without colours, and a unit repeated. */
const repeatedIn = (
  canvas: readonly [number, number],
  unit: Buffer,
  maxBytes: number,
  first: Buffer = Buffer.alloc(0),
): Buffer =>
  Buffer.concat([
    Buffer.from("GIF89a"),
    words(...canvas),
    Buffer.from([0x80, 0, 0, 255, 0, 0, 0, 0, 255]),
    first,
    filled(unit, maxBytes - 100 - first.length),
    TRAILER,
  ]);

const frame = (left: number, top: number, width: number, height: number, flags = 0, table = Buffer.alloc(0)): Buffer =>
  Buffer.concat([
    Buffer.of(0x2c),
    words(left, top, width, height),
    Buffer.of(flags),
    table,
    Buffer.from([2, 2, 0x4c, 1, 0]),
  ]);
const emptyFrame = Buffer.concat([Buffer.of(0x2c), words(0, 0, 1, 1), Buffer.from([0, 2, 0])]);

export const HOSTILE_GIFS: readonly HostileClass[] = [
  { name: "GIF: frames of one pixel", bytes: (max) => repeatedIn([64, 64], frame(0, 0, 1, 1), max) },
  { name: "GIF: frames without pixels", bytes: (max) => repeatedIn([64, 64], emptyFrame, max) },
  {
    name: "GIF: frames of the whole canvas of 49 MP",
    bytes: (max) => repeatedIn([7000, 7000], frame(0, 0, 7000, 7000), max),
  },
  { name: "GIF: frames of a pixel on 49 MP", bytes: (max) => repeatedIn([7000, 7000], frame(0, 0, 1, 1), max) },
  {
    name: "GIF: frames with colour tables",
    bytes: (max) => repeatedIn([64, 64], frame(0, 0, 1, 1, 0x87, Buffer.alloc(768)), max),
  },
  {
    name: "GIF: empty comments",
    bytes: (max) => repeatedIn([64, 64], Buffer.of(0x21, 0xfe, 0), max, frame(0, 0, 64, 64)),
  },
  {
    name: "GIF: empty comments before a frame",
    bytes: (max) =>
      Buffer.concat([
        repeatedIn([64, 64], Buffer.of(0x21, 0xfe, 0), max - 100).subarray(0, -1),
        frame(0, 0, 64, 64),
        TRAILER,
      ]),
  },
  {
    name: "GIF: graphic controls",
    bytes: (max) =>
      Buffer.concat([
        repeatedIn([64, 64], Buffer.of(0x21, 0xf9, 4, 1, 0, 0, 0, 0), max - 100).subarray(0, -1),
        frame(0, 0, 64, 64),
        TRAILER,
      ]),
  },
  {
    name: "GIF: comment of tiny sub-blocks",
    bytes: (max) =>
      Buffer.concat([
        repeatedIn([64, 64], Buffer.of(1, 65), max - 100, Buffer.of(0x21, 0xfe)).subarray(0, -1),
        Buffer.of(0),
        frame(0, 0, 64, 64),
        TRAILER,
      ]),
  },
  { name: "GIF: 49 MP", bytes: () => gifHeader([7000, 7000], [7000, 7000]) },
  {
    name: "GIF: plain frames",
    bytes: () =>
      gifOf(
        { width: 400, height: 400 },
        Array.from({ length: 60 }, (_, grey) => ({ left: 0, top: 0, width: 400, height: 400, grey })),
      ),
  },
];
