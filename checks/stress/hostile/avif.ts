import { type AvifItem, avifWith, box, fullBox, u16, u32 } from "../../images/avif-containers";
import type { HostileClass } from "./hostile-class";

const HEADROOM = 200_000;
const repeated = (unit: Buffer, maxBytes: number): Buffer =>
  Buffer.alloc(Math.floor((maxBytes - HEADROOM) / unit.length) * unit.length, unit);
const many = (count: number, item: AvifItem): readonly AvifItem[] => Array.from({ length: count }, () => item);
const XMP = "application/rdf+xml\0";

/** Boxes in boxes, as many to each as there are levels. */
function nested(type: string, levels: number, each: number): Buffer {
  let inner = box("free");
  for (let level = 0; level < levels; level += 1) inner = box(type, Buffer.alloc(inner.length * each, inner));
  return inner;
}

export const HOSTILE_AVIFS: readonly HostileClass[] = [
  {
    name: "AVIF: 200 Exif items of the same bytes",
    bytes: (max) =>
      avifWith({ items: many(200, { type: "Exif", bytes: max - HEADROOM }), data: Buffer.alloc(max - HEADROOM) }),
  },
  {
    name: "AVIF: 240 XMP items of the same bytes",
    bytes: (max) =>
      avifWith({
        items: many(240, { type: "mime", tail: XMP, bytes: max - HEADROOM }),
        data: Buffer.alloc(max - HEADROOM),
      }),
  },
  {
    name: "AVIF: 240 unknown items of the same bytes",
    bytes: (max) =>
      avifWith({ items: many(240, { type: "prvt", bytes: max - HEADROOM }), data: Buffer.alloc(max - HEADROOM) }),
  },
  {
    name: "AVIF: an item of 32 extents of the same bytes",
    bytes: (max) =>
      avifWith({ items: [{ type: "Exif", bytes: max - HEADROOM, extents: 32 }], data: Buffer.alloc(max - HEADROOM) }),
  },
  {
    name: "AVIF: 200 Exif items of the same bytes in idat",
    bytes: (max) =>
      avifWith({
        inMeta: true,
        items: many(200, { type: "Exif", bytes: max - HEADROOM }),
        data: Buffer.alloc(max - HEADROOM),
      }),
  },
  {
    name: "AVIF: one Exif item",
    bytes: (max) => avifWith({ items: [{ type: "Exif", bytes: max - HEADROOM }], data: Buffer.alloc(max - HEADROOM) }),
  },
  {
    name: "AVIF: region annotations of the same bytes",
    bytes: (max) =>
      avifWith({ items: many(240, { type: "rgan", bytes: max - HEADROOM }), data: Buffer.alloc(max - HEADROOM) }),
  },
  {
    name: "AVIF: a profile",
    bytes: (max) =>
      avifWith({
        properties: [box("colr", "prof", Buffer.alloc(max - HEADROOM))],
        associations: fullBox("ipma", 0, 0, u32(1), u16(1), Buffer.from([3, 1, 0x82, 3])),
      }),
  },
  {
    name: "AVIF: 240 profiles",
    bytes: (max) =>
      avifWith({
        properties: many(240, { type: "", bytes: 0 }).map(() =>
          box("colr", "prof", Buffer.alloc(Math.floor((max - HEADROOM) / 240) - 12)),
        ),
      }),
  },
  { name: "AVIF: properties without end", bytes: (max) => avifWith({ properties: [repeated(box("free"), max)] }) },
  {
    name: "AVIF: associations without end",
    bytes: (max) => {
      const entry = Buffer.from([0, 1, 1, 1]);
      const all = repeated(entry, max);
      return avifWith({ associations: fullBox("ipma", 0, 0, u32(all.length / entry.length), all) });
    },
  },
  {
    name: "AVIF: empty associations without end",
    bytes: (max) => {
      const entry = Buffer.from([0, 9, 0]);
      const all = repeated(entry, max);
      return avifWith({ associations: fullBox("ipma", 0, 0, u32(all.length / entry.length), all) });
    },
  },
  {
    name: "AVIF: ipma boxes without end",
    bytes: (max) =>
      avifWith({ associations: repeated(fullBox("ipma", 0, 0, u32(1), u16(1), Buffer.from([2, 1, 0x82])), max) }),
  },
  {
    name: "AVIF: references without end",
    bytes: (max) => avifWith({ references: repeated(box("cdsc", u16(9, 1, 1)), max) }),
  },
  {
    name: "AVIF: references to many",
    bytes: (max) => avifWith({ references: repeated(box("cdsc", u16(9, 0xffff), Buffer.alloc(2 * 0xffff)), max) }),
  },
  { name: "AVIF: boxes in meta", bytes: (max) => avifWith({ inMetaBox: repeated(box("free"), max) }) },
  { name: "AVIF: boxes after all", bytes: (max) => avifWith({ topLevel: repeated(box("free"), max) }) },
  { name: "AVIF: unknown boxes after all", bytes: (max) => avifWith({ topLevel: repeated(box("prvt"), max) }) },
  {
    name: "AVIF: uuid boxes after all",
    bytes: (max) => avifWith({ topLevel: repeated(box("uuid", Buffer.alloc(16)), max) }),
  },
  { name: "AVIF: boxes in boxes", bytes: (max) => avifWith({ topLevel: repeated(nested("iprp", 3, 90), max) }) },
  {
    name: "AVIF: boxes in boxes in meta",
    bytes: (max) =>
      avifWith({
        inMetaBox: Buffer.alloc(8 * 750_000, nested("iprp", 3, 90)).subarray(0, nested("iprp", 3, 90).length),
        topLevel: repeated(nested("dinf", 2, 90), max - 8_000_000),
      }),
  },
  { name: "AVIF: a film that says a billion frames", bytes: () => avifWith({ topLevel: movie(1_000_000_000) }) },
  { name: "AVIF: a film that says 17 million frames", bytes: () => avifWith({ topLevel: movie(17_000_000) }) },
  { name: "AVIF: a large mdat and padding", bytes: (max) => avifWith({ data: Buffer.alloc(max - HEADROOM) }) },
  {
    name: "AVIF: entity groups",
    bytes: (max) => avifWith({ inMetaBox: box("grpl", repeated(fullBox("altr", 0, 0, u32(1, 1, 1)), max)) }),
  },
];

function movie(frames: number): Buffer {
  const matrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
  return box(
    "moov",
    fullBox("mvhd", 0, 0, u32(0, 0, 1000, 1000, 0x10000), Buffer.alloc(10), matrix, Buffer.alloc(24), u32(2)),
    box(
      "trak",
      fullBox("tkhd", 0, 3, u32(0, 0, 1, 0, 1000, 0, 0), Buffer.alloc(8), matrix, u32(64 << 16, 64 << 16)),
      box(
        "mdia",
        fullBox("mdhd", 0, 0, u32(0, 0, 1000, 1000), u16(0, 0)),
        fullBox("hdlr", 0, 0, u32(0), "pict", u32(0, 0, 0), "\0"),
        box(
          "minf",
          fullBox("vmhd", 0, 1, Buffer.alloc(8)),
          box("dinf", fullBox("dref", 0, 0, u32(1), fullBox("url ", 0, 1))),
          box(
            "stbl",
            fullBox(
              "stsd",
              0,
              0,
              u32(1),
              box(
                "av01",
                Buffer.alloc(6),
                u16(1),
                Buffer.alloc(16),
                u16(64, 64),
                u32(0x480000, 0x480000, 0),
                u16(1),
                Buffer.alloc(32),
                u16(24, 0xffff),
                box("av1C", Buffer.from([0x81, 0, 0xc, 0])),
              ),
            ),
            fullBox("stts", 0, 0, u32(1, frames, 1)),
            fullBox("stsc", 0, 0, u32(1, 1, frames, 1)),
            fullBox("stsz", 0, 0, u32(1, frames)),
            fullBox("stco", 0, 0, u32(1, 300)),
          ),
        ),
      ),
    ),
  );
}
