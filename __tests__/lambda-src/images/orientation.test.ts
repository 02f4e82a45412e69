import sharp, { type Sharp } from "sharp";
import { distance, QUARTER_CENTRES, QUARTERS, quarters, samplesOf } from "../../../checks/images/pictures";
import { orientPixels } from "../../../lambda-src/images/orientation";
import { renderImage } from "../../../lambda-src/images/render-image";

const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8];
const LIMITS = { maxPixels: 1_000_000, memoryBudgetBytes: 100_000_000 };
const SIZE = { name: "preview", width: 60, height: 60 };
/** JPEG and chroma subsampling away from edges. */
const LOSSY = 12;

const ENCODERS: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  jpeg: (image) => image.jpeg({ quality: 95 }),
  png: (image) => image.png(),
  webp: (image) => image.webp({ lossless: true }),
  tiff: (image) => image.tiff({ compression: "none" }),
  avif: (image) => image.avif({ effort: 0, quality: 90 }),
};

describe("orientPixels", () => {
  test.each([
    [1, [0, 1, 2, 3]],
    [2, [1, 0, 3, 2]],
    [3, [3, 2, 1, 0]],
    [4, [2, 3, 0, 1]],
    [5, [0, 2, 1, 3]],
    [6, [2, 0, 3, 1]],
    [7, [3, 1, 2, 0]],
    [8, [1, 3, 0, 2]],
  ])("orientation %i puts the quarters in their places", async (orientation, order) => {
    const { data, info } = await quarters(40, 20).raw().toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    const turned = await orientPixels({ data, width, height, channels: 3 }, orientation);
    const samples = await samplesOf(sharp(turned.data, { raw: turned }));
    expect([turned.width, turned.height]).toEqual(orientation < 5 ? [40, 20] : [20, 40]);
    QUARTER_CENTRES.forEach(([x, y], place) => {
      const { r, g, b } = QUARTERS[order[place] ?? 0] ?? { r: 0, g: 0, b: 0 };
      expect(samples.at(x, y)).toEqual([r, g, b, 255]);
    });
  });

  test.each([undefined, 0, 9, 255])("orientation %p leaves the pixels as they are", async (orientation) => {
    const pixels = { data: Buffer.from([1, 2, 3, 4, 5, 6]), width: 2, height: 1, channels: 3 } as const;
    expect(await orientPixels(pixels, orientation)).toBe(pixels);
  });

  test("keeps transparency", async () => {
    const data = Buffer.from([1, 2, 3, 0, 4, 5, 6, 255]);
    const turned = await orientPixels({ data, width: 2, height: 1, channels: 4 }, 6);
    expect(turned).toEqual({ data, width: 1, height: 2, channels: 4 });
  });
});

describe.each(Object.keys(ENCODERS))("a %s with an EXIF orientation", (format) => {
  test.each(ORIENTATIONS)("%i looks as sharp shows it upright", async (orientation) => {
    const picture = quarters(120, 80).withMetadata({ orientation });
    const bytes = await (ENCODERS[format]?.(picture) ?? picture).toBuffer();
    const { facts, previews } = await renderImage(bytes, [SIZE], "png", LIMITS);
    const [preview] = await Promise.all(previews);
    const upright = sharp(bytes).autoOrient().resize({ width: 60, height: 60, fit: "inside" });
    const expected = await samplesOf(await upright.png().toBuffer());
    const actual = await samplesOf(preview?.body ?? Buffer.alloc(0));

    expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
    expect([facts.width * expected.height, facts.width * facts.height]).toEqual([facts.height * expected.width, 9600]);
    for (const [x, y] of QUARTER_CENTRES) expect(distance(actual.at(x, y), expected.at(x, y))).toBeLessThan(LOSSY);
  });
});
