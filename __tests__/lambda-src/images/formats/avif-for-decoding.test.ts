import fc from "fast-check";
import sharp from "sharp";
import { avifWith, box, fullBox, u32 } from "../../../../checks/images/avif-containers";
import { quarters } from "../../../../checks/images/pictures";
import { avifForDecoding } from "../../../../lambda-src/images/formats/avif-for-decoding";
import { RANGE_ERROR, unlessRangeError } from "../../../support/range-error";

const EXIF = { type: "Exif", bytes: 1000 };
const XMP = { type: "mime", tail: "application/rdf+xml\0", bytes: 1000 };
const pixelsOf = (avif: Buffer): Promise<Buffer> => sharp(avif, { failOn: "warning" }).raw().toBuffer();

describe("avifForDecoding", () => {
  test("gives back a file that holds an image alone as it is", async () => {
    for (const alpha of [undefined, 0]) {
      const image = await quarters(96, 64, alpha).avif({ effort: 0 }).toBuffer();
      expect(avifForDecoding(image)).toBe(image);
    }
  });

  test("leaves the same pixels without the metadata that an encoder wrote", async () => {
    const image = await quarters(96, 64)
      .avif({ effort: 0 })
      .withExif({ IFD0: { Artist: "somebody" } })
      .toBuffer();
    const before = Buffer.from(image);
    const alone = avifForDecoding(image);
    expect(await sharp(image).metadata()).toHaveProperty("exif");
    expect(await sharp(alone).metadata()).not.toHaveProperty("exif");
    expect(await pixelsOf(alone)).toEqual(await pixelsOf(image));
    expect(image).toEqual(before);
  });

  test.each([
    ["items that share their data", { items: [EXIF, XMP, EXIF, { type: "uri ", bytes: 1000 }] }],
    ["an item of shared parts", { items: [{ ...EXIF, extents: 32 }] }],
    ["items in idat", { items: [EXIF, XMP], inMeta: true }],
    ["a film", { topLevel: box("moov", box("trak")) }],
    ["groups", { inMetaBox: box("grpl", fullBox("altr", 0, 0, u32(1, 1, 1))) }],
  ])("leaves an image without %s", async (_, parts) => {
    const alone = avifForDecoding(await avifWith({ data: Buffer.alloc(1000), ...parts }));
    expect(await pixelsOf(alone)).toEqual(await pixelsOf(await avifWith({})));
    expect(Object.keys(await sharp(alone).metadata())).not.toEqual(expect.arrayContaining(["exif"]));
    for (const type of ["Exif", "moov", "grpl"]) expect(alone.indexOf(`infe\x02\0\0\0${type}`)).toBe(-1);
    expect(avifForDecoding(alone)).toBe(alone);
  });

  test.each([
    ["more than a thousand boxes in the file", { topLevel: Buffer.alloc(8000, box("free")) }],
    ["more than a thousand boxes in one", { inMetaBox: Buffer.alloc(8008, box("free")) }],
    ["properties that may hold thousands of boxes", { properties: [box("iprp", Buffer.alloc(8008, box("free")))] }],
    [
      "images of many times the file's bytes",
      {
        items: Array.from({ length: 20 }, () => ({ type: "av01", bytes: 1_000_000 })),
        data: Buffer.alloc(1_000_000),
      },
    ],
  ])("refuses %s", async (_, parts) => {
    const file = await avifWith(parts);
    expect(() => avifForDecoding(file)).toThrow(RANGE_ERROR);
  });

  test("ends for any damaged file, with as many bytes or a RangeError", async () => {
    const file = await avifWith({ items: [EXIF, XMP], data: Buffer.alloc(1000) });
    const damage = fc.tuple(fc.nat(500), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
        const copy = Buffer.from(file);
        for (const [offset, value] of damages) copy[offset] = value;
        expect(unlessRangeError(() => avifForDecoding(copy))?.length ?? copy.length).toBe(copy.length);
      }),
    );
  });
});
