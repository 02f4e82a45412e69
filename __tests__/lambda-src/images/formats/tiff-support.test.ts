import sharp from "sharp";
import { distance, QUARTER_CENTRES, QUARTERS, quarters, samplesOf } from "../../../../checks/images/pictures";
import { type RawTiffPage, rawTiffPage, type TiffPageParts, tiffOf } from "../../../../checks/images/tiff-containers";
import { decodeImage } from "../../../../lambda-src/images/decode";

const WIDTH = 64;
const HEIGHT = 32;
const TILE = 32;
const LIMITS = { maxPixels: 50_000_000, memoryBudgetBytes: 644_000_000 };
const SHORT = 3;

const decode = (bytes: Buffer) => decodeImage(bytes, [{ width: WIDTH, height: HEIGHT }], LIMITS);
const decodeTiff = (...pages: readonly TiffPageParts[]) => decode(tiffOf(pages));

/** An image with a channel for each sample, as a strip or as tiles of the same bytes. */
function image(samples: number, bits: number, photometric: number, more: Partial<RawTiffPage> = {}): TiffPageParts {
  const bytes = (pixels: number): Buffer => Buffer.alloc(Math.ceil((pixels * samples * bits) / 8), 0x55);
  const { tileSide } = more;
  const data = tileSide ? [bytes(tileSide ** 2), bytes(tileSide ** 2)] : bytes(WIDTH * HEIGHT);
  return rawTiffPage({ width: WIDTH, height: HEIGHT, samples, bits, photometric, data, ...more });
}

const asStrip: Partial<RawTiffPage> = {};
const asTiles: Partial<RawTiffPage> = { tileSide: TILE };
const LAYOUTS = [
  ["strips", asStrip],
  ["tiles", asTiles],
] as const;

describe.each(LAYOUTS)("a TIFF in %s", (_, layout) => {
  test.each([
    [6, "old-style JPEG"],
    [32_909, "PixarLog"],
    [34_926, "ZSTD"],
    [50_000, "ZSTD"],
    [34_887, "LERC"],
    [34_925, "LZMA"],
    [50_002, "JPEG XL"],
    [52_546, "JPEG XL"],
    [33_005, "JPEG 2000"],
    [34_933, "PNG"],
    [22_610, "JPEG XR"],
    [34_661, "JBIG"],
    [12_345, "unknown (12345)"],
  ])("with compression %i is refused as a TIFF with %s compression", async (compression, name) => {
    await expect(decodeTiff(image(3, 8, 2, { ...layout, compression }))).rejects.toMatchObject({
      code: "UNSUPPORTED_FORMAT",
      message: expect.stringContaining(`a TIFF with ${name} compression`),
    });
  });

  test.each([
    ["32-bit integers", image(1, 32, 1, layout)],
    ["32-bit integers", image(3, 32, 2, layout)],
    ["12-bit integers", image(3, 12, 2, layout)],
    ["3 channels of 4-bit integers", image(3, 4, 2, layout)],
    ["signed integers", image(1, 16, 1, { ...layout, fields: [[339, SHORT, [2]]] })],
    ["signed integers", image(3, 8, 2, { ...layout, fields: [[339, SHORT, [2, 2, 2]]] })],
    ["complex numbers", image(1, 64, 1, { ...layout, fields: [[339, SHORT, [6]]] })],
    ["floating-point samples that are not RGB", image(1, 32, 1, { ...layout, fields: [[339, SHORT, [3]]] })],
    ["floating-point samples that are not RGB", image(4, 16, 5, { ...layout, fields: [[339, SHORT, [3, 3, 3, 3]]] })],
    ["64-bit floating-point samples", image(3, 64, 2, { ...layout, fields: [[339, SHORT, [3, 3, 3]]] })],
    ["channels of different depth", image(3, 8, 2, { ...layout, fields: [[258, SHORT, [5, 6, 5]]] })],
    ["8-bit CIE Lab colours", image(3, 8, 8, layout)],
    ["ICC Lab colours", image(3, 8, 9, layout)],
    ["ITU Lab colours", image(3, 8, 10, layout)],
    ["a transparency mask", image(1, 1, 4, layout)],
    ["the photometric interpretation 99", image(3, 8, 99, layout)],
    ["inks other than CMYK", image(4, 8, 5, { ...layout, fields: [[332, SHORT, [2]]] })],
    ["YCbCr colours that are not JPEG", image(3, 8, 6, { ...layout, fields: [[530, SHORT, [1, 1]]] })],
    ["5 channels", image(5, 8, 2, { ...layout, fields: [[338, SHORT, [0, 0]]] })],
    ["3 channels", image(3, 8, 5, layout)],
  ])("with %s is refused", async (what, page) => {
    await expect(decodeTiff(page)).rejects.toMatchObject({
      code: "UNSUPPORTED_FORMAT",
      message: expect.stringContaining(`a TIFF with ${what}, which`),
    });
  });

  test.each([
    ["grey", image(1, 8, 1, layout)],
    ["16-bit grey", image(1, 16, 1, layout)],
    ["4-bit grey", image(1, 4, 1, layout)],
    ["RGB", image(3, 8, 2, layout)],
    ["16-bit RGB", image(3, 16, 2, layout)],
  ])("of %s is shown", async (_name, page) => {
    const { base } = await decodeTiff(page);
    expect(distance([...base.data.subarray(0, 3)], [0x55, 0x55, 0x55])).toBeLessThanOrEqual(1);
  });

  test("shows colours beside a channel of which it does not say what it is", async () => {
    const pixels = Buffer.from([200, 40, 40, 0]);
    const filled = (count: number): Buffer => Buffer.alloc(count * 4, pixels);
    const data = "tileSide" in layout ? [filled(TILE ** 2), filled(TILE ** 2)] : filled(WIDTH * HEIGHT);
    const { base, transparent } = await decode(
      tiffOf([image(4, 8, 2, { ...layout, data, fields: [[338, SHORT, [0]]] })]),
    );
    expect(transparent).toBe(false);
    expect([...base.data.subarray(0, 3)]).toEqual([200, 40, 40]);
  });
});

describe("a tiled TIFF", () => {
  test("with separate planes is refused", async () => {
    await expect(decodeTiff(image(3, 8, 2, { ...asTiles, fields: [[284, SHORT, [2]]] }))).rejects.toMatchObject({
      code: "UNSUPPORTED_FORMAT",
      message: expect.stringContaining("separate planes in tiles"),
    });
  });

  test.each(["lzw", "deflate", "jpeg"] as const)(
    "with a damaged tile of %s is refused as damaged",
    async (compression) => {
      const tiles = { tile: true, tileWidth: 32, tileHeight: 32, predictor: "none" } as const;
      const whole = await quarters(96, 64)
        .tiff({ compression, ...tiles })
        .toBuffer();
      await expect(decode(withDamagedTile(whole))).rejects.toMatchObject({ code: "DECODE_ERROR" });
    },
  );
});

describe("a TIFF with more than one directory", () => {
  const raw = async (width: number, height: number): Promise<Partial<RawTiffPage>> => ({
    width,
    height,
    data: await quarters(width, height).raw().toBuffer(),
  });
  const thumbnail = async (fields: RawTiffPage["fields"] = [[254, 4, [1]]], more: Partial<RawTiffPage> = {}) =>
    image(3, 8, 2, { ...(await raw(16, 8)), fields, ...more });
  const whole = async () => image(3, 8, 2, await raw(WIDTH, HEIGHT));

  test.each([
    ["a thumbnail", [[254, 4, [1]]]],
    ["a thumbnail of the older kind", [[255, SHORT, [2]]]],
  ] as const)("that begins with %s shows the image behind it", async (_, fields) => {
    const { dimensions, base } = await decodeTiff(await thumbnail(fields), await whole());
    expect(dimensions).toEqual({ width: WIDTH, height: HEIGHT });
    await expectQuarters(base);
  });

  test("that begins with a mask shows the image behind it", async () => {
    const mask = image(1, 1, 4, { fields: [[254, 4, [4]]] });
    const { base } = await decodeTiff(mask, await whole());
    await expectQuarters(base);
  });

  test("shows the image that a thumbnail refers to", async () => {
    const { dimensions } = await decodeTiff(await thumbnail(undefined, { nested: [await whole()] }));
    expect(dimensions).toEqual({ width: WIDTH, height: HEIGHT });
  });

  test("shows its first page when every page is a thumbnail", async () => {
    expect((await decodeTiff(await thumbnail(), await thumbnail())).dimensions).toEqual({ width: 16, height: 8 });
  });

  test.each([
    [
      "a sensor's values in a nested directory",
      async () => [await thumbnail(undefined, { nested: [image(1, 16, 32_803)] })],
    ],
    ["a sensor's values on its first page", async () => [image(1, 16, 32_803)]],
    ["a sensor's values on its second page", async () => [await thumbnail(), image(1, 16, 32_803)]],
    ["linear sensor values", async () => [image(3, 16, 34_892)]],
    ["a DNG version", async () => [image(3, 8, 2, { fields: [[50_706, 4, [0x401]]] })]],
  ] as const)("is refused as camera raw with %s", async (_, pages) => {
    await expect(decodeTiff(...(await pages()))).rejects.toMatchObject({
      code: "UNSUPPORTED_FORMAT",
      message: expect.stringContaining("this is camera raw"),
    });
  });

  test("is refused as camera raw with the mark of Canon's format", async () => {
    // Canon's mark stands where other files have their first strip.
    const marked = Buffer.from("CR\x02\0\0\0\0\0", "latin1");
    const pixels = Buffer.concat([marked, Buffer.alloc(WIDTH * HEIGHT * 3)]);
    await expect(decodeTiff(image(3, 8, 2, { data: pixels }))).rejects.toMatchObject({
      message: expect.stringContaining("this is camera raw"),
    });
  });

  test("stops at directories that lead in a circle", async () => {
    const page = tiffOf([await thumbnail(), await thumbnail()]);
    const second = page.readUInt32LE(page.readUInt32LE(4) + 2 + 12 * page.readUInt16LE(page.readUInt32LE(4)));
    page.writeUInt32LE(second, second + 2 + 12 * page.readUInt16LE(second));
    expect((await decode(page)).dimensions).toEqual({ width: 16, height: 8 });
  });
});

async function expectQuarters(base: {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}) {
  const samples = await samplesOf(sharp(base.data, { raw: base }));
  QUARTER_CENTRES.forEach(([x, y], quarter) => {
    const { r, g, b } = QUARTERS[quarter] ?? { r: 0, g: 0, b: 0 };
    expect(distance(samples.at(x, y), [r, g, b, 255])).toBeLessThanOrEqual(2);
  });
}

/** The first tile's data, replaced by what no encoder writes. */
function withDamagedTile(tiff: Buffer): Buffer {
  const copy = Buffer.from(tiff);
  const start = copy.readUInt32LE(4);
  const field = (tag: number): number =>
    Array.from({ length: copy.readUInt16LE(start) }, (_, index) => start + 2 + 12 * index).find(
      (entry) => copy.readUInt16LE(entry) === tag,
    ) ?? 0;
  const first = copy.readUInt32LE(copy.readUInt32LE(field(324) + 8));
  const wide = copy.readUInt16LE(field(325) + 2) === 4;
  const lengths = copy.readUInt32LE(field(325) + 8);
  const length = wide ? copy.readUInt32LE(lengths) : copy.readUInt16LE(lengths);
  return copy.fill(0xff, first, first + length);
}
