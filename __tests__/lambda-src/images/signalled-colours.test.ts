import sharp from "sharp";
import { avifStill, codedImages, type StillImage } from "../../../checks/images/avif-containers";
import { withChunks } from "../../../checks/images/image-containers";
import {
  distance,
  plain,
  QUARTER_CENTRES,
  QUARTERS,
  quarters,
  type Rgb,
  samplesOf,
} from "../../../checks/images/pictures";
import { decodeImage } from "../../../lambda-src/images/decode";
import { type Kind, samplesAs } from "../../support/hdr-colours";
import { profileOf } from "../../support/rgb-profiles";

const WIDTH = 96;
const HEIGHT = 64;
const LIMITS = { maxPixels: 50_000_000, memoryBudgetBytes: 644_000_000 };

const decode = (bytes: Buffer) => decodeImage(bytes, [{ width: WIDTH, height: HEIGHT }], LIMITS);

/** Four quarters of samples that mean the colours in another kind, with 16 bits. */
function quartersAs(kind: Kind, colours: readonly Rgb[] = QUARTERS, exposures: readonly number[] = [1, 1, 1, 1]) {
  const data = new Uint16Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y += 1)
    for (let x = 0; x < WIDTH; x += 1) {
      const quarter = (y * 2 >= HEIGHT ? 2 : 0) + (x * 2 >= WIDTH ? 1 : 0);
      const samples = samplesAs(colours[quarter] ?? { r: 0, g: 0, b: 0 }, kind, exposures[quarter]);
      data.set(
        samples.map((sample) => Math.round(Math.min(1, sample) * 65_535)),
        (y * WIDTH + x) * 3,
      );
    }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).toColourspace("rgb16");
}

async function avifAs(kind: Kind, bitdepth: 8 | 10 | 12, image = quartersAs(kind), more: Partial<StillImage> = {}) {
  const encoded = await image.avif({ bitdepth, quality: 100, effort: 0, chromaSubsampling: "4:4:4" }).toBuffer();
  const [colour, alpha] = codedImages(encoded);
  if (!colour) throw new Error("there must be an image");
  const values = [kind.primaries, kind.transfer, 6] as const;
  return avifStill({ size: [WIDTH, HEIGHT], colour, ...(alpha && { alpha }), nclx: { values }, ...more });
}

const levels = async (bytes: Buffer) => {
  const { base } = await decode(bytes);
  const samples = await samplesOf(sharp(base.data, { raw: base }));
  return QUARTER_CENTRES.map(([x, y]) => samples.at(x, y));
};

async function expectColours(bytes: Buffer, tolerance: number, colours: readonly Rgb[] = QUARTERS) {
  const shown = await levels(bytes);
  const wanted = colours.map(({ r, g, b }) => [r, g, b, 255]);
  shown.forEach((level, quarter) => {
    expect(distance(level, wanted[quarter] ?? [])).toBeLessThanOrEqual(tolerance);
  });
}

const KINDS: readonly (readonly [string, Kind])[] = [
  ["PQ in BT.2020", { primaries: 9, transfer: 16 }],
  ["HLG in BT.2020", { primaries: 9, transfer: 18 }],
  ["PQ in Display P3", { primaries: 12, transfer: 16 }],
  ["PQ in BT.709", { primaries: 1, transfer: 16 }],
  ["SDR in Display P3", { primaries: 12, transfer: 13 }],
  ["SDR in BT.2020", { primaries: 9, transfer: 1 }],
  ["a gamma of 2.2", { primaries: 1, transfer: 4 }],
  ["a gamma of 2.8", { primaries: 1, transfer: 5 }],
  ["sRGB", { primaries: 1, transfer: 13 }],
  ["BT.709, shown as sRGB", { primaries: 1, transfer: 1 }],
];

describe("decodeImage, on an AVIF with an nclx box", () => {
  describe.each(KINDS)("that says %s", (_, kind) => {
    test.each([
      [8, 14],
      [10, 4],
      [12, 4],
    ] as const)("shows the colours of %i bits as they were graded", async (bits, tolerance) => {
      await expectColours(await avifAs(kind, bits), tolerance);
    });
  });

  test("takes light as it is, with 12 bits", async () => {
    await expectColours(await avifAs({ primaries: 1, transfer: 8 }, 12), 6);
  });

  test("lets a colour profile go first", async () => {
    const kind = { primaries: 9, transfer: 16 };
    const image = quartersAs({ primaries: 1, transfer: 13 });
    await expectColours(await avifAs(kind, 10, image, { profile: await profileOf("srgb") }), 4);
  });

  test.each([
    ["a transfer", [1, 9, 6], "an AVIF with transfer characteristics 9"],
    ["a matrix", [9, 16, 14], "an AVIF with matrix coefficients 14"],
  ] as const)("refuses %s that is not known", async (_, values, what) => {
    const avif = await avifAs({ primaries: 1, transfer: 13 }, 8, undefined, { nclx: { values } });
    await expect(decode(avif)).rejects.toMatchObject({
      code: "UNSUPPORTED_FORMAT",
      message: expect.stringContaining(what),
    });
  });

  test("bends highlights towards white, and keeps what is darker", async () => {
    const grey = { r: 110, g: 110, b: 110 };
    const white = { r: 255, g: 255, b: 255 };
    const kind = { primaries: 9, transfer: 16 };
    const image = quartersAs(kind, [grey, white, white, white], [1, 1, 2, 4]);
    const [dark, diffuse, bright, brightest] = (await levels(await avifAs(kind, 10, image))).map(([red]) => red);
    expect(Math.abs((dark ?? 0) - 110)).toBeLessThanOrEqual(4);
    expect(diffuse).toBeGreaterThan(190);
    expect(bright).toBeGreaterThan((diffuse ?? 0) + 5);
    expect(brightest).toBeGreaterThan(bright ?? 0);
    expect(brightest).toBeGreaterThanOrEqual(253);
  });

  test.each([8, 10, 12] as const)("stretches greys of %i bits that end at 16 and 235", async (bitdepth) => {
    const [, alpha] = codedImages(
      await quarters(WIDTH, HEIGHT, 64).toColourspace("srgb").avif({ bitdepth, quality: 100, effort: 0 }).toBuffer(),
    );
    if (!alpha) throw new Error("there must be an alpha");
    const nclx = { values: [1, 13, 6], fullRange: false } as const;
    const shown = await levels(avifStill({ size: [WIDTH, HEIGHT], colour: alpha, nclx }));
    const stretched = Math.round(((64 - 16) * 255) / 219);
    expect(distance(shown[0] ?? [], [stretched, stretched, stretched, 255])).toBeLessThanOrEqual(2);
    expect(shown[3]).toEqual([255, 255, 255, 255]);
  });

  test.each([
    ["sRGB", { primaries: 1, transfer: 13 }],
    ["PQ", { primaries: 9, transfer: 16 }],
  ] as const)("divides premultiplied colours of %s by their alpha", async (_, kind) => {
    const colour = { r: 180, g: 90, b: 40 };
    const samples = samplesAs(colour, kind).map((sample) => Math.round(sample * 0.5 * 65_535));
    const data = new Uint16Array(WIDTH * HEIGHT * 4);
    for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel += 1) data.set([...samples, 32_768], pixel * 4);
    const image = sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } }).toColourspace("rgb16");
    const { base } = await decode(await avifAs(kind, 12, image, { premultiplied: true }));
    expect(distance([...base.data.subarray(0, 4)], [colour.r, colour.g, colour.b, 128])).toBeLessThanOrEqual(3);
  });

  test.each(["avis", "msf1", "miaf", "mif1"])("shows the still image behind the major brand %s", async (majorBrand) => {
    await expectColours(await avifAs({ primaries: 1, transfer: 13 }, 8, undefined, { majorBrand }), 4);
  });
});

describe("decodeImage, on a PNG with a cICP chunk", () => {
  const pngAs = async (kind: Kind, image = quartersAs(kind), fullRange = 1) =>
    withChunks(await image.png().toBuffer(), [["cICP", Buffer.of(kind.primaries, kind.transfer, 0, fullRange)]]);

  test.each(KINDS)("that says %s shows the colours as they were graded", async (_, kind) => {
    await expectColours(await pngAs(kind), 2);
  });

  test("shows colours of 8 bits, too", async () => {
    const kind = { primaries: 12, transfer: 13 };
    await expectColours(await pngAs(kind, quartersAs(kind).toColourspace("srgb")), 2);
  });

  test("goes before a colour profile", async () => {
    const kind = { primaries: 1, transfer: 13 };
    const image = sharp(await quarters(WIDTH, HEIGHT).png().toBuffer()).withIccProfile("p3", { attach: true });
    const png = await image.png().toBuffer();
    const [x, y] = QUARTER_CENTRES[0];
    const stored = (await samplesOf(sharp(png, { ignoreIcc: true }))).at(x, y);
    const marked = withChunks(png, [["cICP", Buffer.of(kind.primaries, kind.transfer, 0, 1)]]);
    expect(distance((await levels(marked))[0] ?? [], stored)).toBeLessThanOrEqual(1);
  });

  test("stretches samples that end at 16 and 235", async () => {
    const image = plain(WIDTH, HEIGHT, { r: 16, g: 126, b: 235 });
    const [first] = await levels(await pngAs({ primaries: 1, transfer: 1 }, image, 0));
    expect(distance(first ?? [], [0, 128, 255, 255])).toBeLessThanOrEqual(1);
  });

  test("refuses a transfer that is not known", async () => {
    await expect(decode(await pngAs({ primaries: 1, transfer: 9 }, quarters(WIDTH, HEIGHT)))).rejects.toMatchObject({
      code: "UNSUPPORTED_FORMAT",
      message: expect.stringContaining("a PNG with transfer characteristics 9"),
    });
  });
});
