import { quarters } from "../../../../checks/images/pictures";
import { rawTiffPage, type TiffPageParts, tiffOf } from "../../../../checks/images/tiff-containers";
import { TiffReader } from "../../../../lambda-src/images/formats/tiff-directory";
import { checkTiffParts } from "../../../../lambda-src/images/formats/tiff-parts";

const check = (file: Buffer): void => checkTiffParts(file, new TiffReader(file).first());
const LONG = 4;
const JPEG = 7;

async function scansOf(count: number): Promise<Buffer> {
  const image = await quarters(32, 32).jpeg({ progressive: true }).toBuffer();
  const last = image.lastIndexOf(Buffer.of(0xff, 0xda));
  const more = Array.from({ length: count - 10 }, () => image.subarray(last, -2));
  return Buffer.concat([image.subarray(0, -2), ...more, image.subarray(-2)]);
}

const jpegTiff = (data: readonly Buffer[], fields: TiffPageParts["fields"] = []): Buffer =>
  tiffOf([
    rawTiffPage({
      width: 64,
      height: 32,
      samples: 3,
      bits: 8,
      photometric: 6,
      compression: JPEG,
      tileSide: 32,
      data,
      fields,
    }),
  ]);

describe("checkTiffParts", () => {
  test.each([
    ["deflate", { compression: "deflate" }],
    ["JPEG", { compression: "jpeg" }],
    ["JPEG in tiles", { compression: "jpeg", tile: true, tileWidth: 256, tileHeight: 256 }],
  ] as const)("takes what an encoder writes with %s", async (_, options) => {
    const file = await quarters(300, 200).tiff(options).toBuffer();
    expect(() => check(file)).not.toThrow();
  });

  test("refuses tiles far larger than the image", () => {
    const page = { width: 30_000, height: 1, samples: 1, bits: 8, photometric: 1, data: Buffer.alloc(1) };
    const tiles = (side: number): Buffer => tiffOf([rawTiffPage({ ...page, tileSide: side })]);
    expect(() => check(tiles(512))).not.toThrow();
    expect(() => check(tiles(1024))).toThrow("tiles must reach at most 16777216 px beyond the image, got");
  });

  test("refuses a tile of many scans, but not several of few", async () => {
    const [few, many] = [await scansOf(12), await scansOf(21)];
    expect(() => check(jpegTiff([few, few]))).not.toThrow();
    expect(() => check(jpegTiff([few, many]))).toThrow("at most 20 scans");
  });

  test("looks at shared tiles once, and refuses those that overlap", async () => {
    const few = await scansOf(12);
    const at = (...offsets: readonly number[]): TiffPageParts["fields"] => [
      [324, LONG, offsets],
      [325, LONG, offsets.map(() => few.length)],
    ];
    expect(() => check(jpegTiff([few], at(8, 8)))).not.toThrow();
    expect(() => check(jpegTiff([few], at(8, 28)))).toThrow("strips and tiles must lie apart");
  });
});
