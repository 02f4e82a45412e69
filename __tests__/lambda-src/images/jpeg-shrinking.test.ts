import fc from "fast-check";
import sharp from "sharp";
import { plain } from "../../../checks/images/pictures";
import { type Resize, resizeOfJpeg } from "../../../lambda-src/images/jpeg-shrinking";
import { fitInside } from "../../../lambda-src/images/preview-dimensions";
import { runsOf } from "../../support/thorough";

describe("resizeOfJpeg", () => {
  test("asks for both sides where libjpeg's rounding leaves nothing to gain", () => {
    const base = { width: 800, height: 533 };
    expect(resizeOfJpeg({ width: 6000, height: 4000 }, base)).toEqual({ ...base, fit: "fill" });
    expect(resizeOfJpeg({ width: 700, height: 500 }, { width: 700, height: 500 })).toMatchObject({ fit: "fill" });
  });

  test("asks for the longer side alone where half a row would be taken for a whole one", () => {
    expect(resizeOfJpeg({ width: 6000, height: 750 }, { width: 800, height: 100 })).toEqual({ width: 800 });
    expect(resizeOfJpeg({ width: 750, height: 6000 }, { width: 100, height: 800 })).toEqual({ height: 800 });
  });

  test("sharp computes the other side as expected", async () => {
    const side = fc.integer({ min: 1, max: 1500 });
    const box = fc.integer({ min: 16, max: 300 }).map((longest) => ({ width: longest, height: longest }));
    await fc.assert(
      fc.asyncProperty(side, side, box, async (width, height, size) => {
        const base = fitInside({ width, height }, size);
        const image = sharp(await plain(width, height).jpeg().toBuffer());
        const { info } = await image
          .resize(resizeOfJpeg({ width, height }, base))
          .raw()
          .toBuffer({ resolveWithObject: true });
        expect({ width: info.width, height: info.height }).toEqual(base);
      }),
      runsOf(60),
    );
  });

  test("keeps the rows of a panorama where they are", async () => {
    const width = 6000;
    const height = 750;
    const rows = Buffer.alloc(width * height * 3);
    for (let row = 0; row < height; row += 1)
      rows.fill(row % 30 < 15 ? 40 : 200, row * width * 3, (row + 1) * width * 3);
    const striped = sharp(rows, { raw: { width, height, channels: 3 } });
    const base = { width: 800, height: 100 };
    const truth = await striped
      .clone()
      .resize({ ...base, fit: "fill" })
      .raw()
      .toBuffer();
    const jpeg = await striped.jpeg({ quality: 95 }).toBuffer();
    const difference = async (resize: Resize): Promise<number> => {
      const data = await sharp(jpeg).resize(resize).raw().toBuffer();
      return data.reduce((sum, sample, index) => sum + Math.abs(sample - (truth[index] ?? 0)), 0) / data.length;
    };
    const asked = await difference(resizeOfJpeg({ width, height }, base));
    expect(asked).toBeLessThan(await difference({ ...base, fit: "fill" }));
  });
});
