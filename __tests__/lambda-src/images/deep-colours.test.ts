import type { Sharp } from "sharp";
import { distance, plain } from "../../../checks/images/pictures";
import { decodeImage } from "../../../lambda-src/images/decode";

const SATURATED = { r: 230, g: 40, b: 30 };
const LIMITS = { maxPixels: 1_000_000, memoryBudgetBytes: 600_000_000 };

const deep = (): Sharp => plain(64, 48, SATURATED).toColourspace("rgb16");

const ENCODINGS: readonly (readonly [string, (image: Sharp) => Sharp])[] = [
  ["TIFF", (image) => image.tiff({ compression: "none" })],
  ["PNG", (image) => image.png()],
];

describe("images with 16 bits a sample", () => {
  describe.each(ENCODINGS)("as %s", (_, encode) => {
    test.each(["srgb", "p3"] as const)("keep their colours with an embedded %s profile", async (profile) => {
      expect(await shiftOfColour(encode(deep().withIccProfile(profile)))).toBeLessThanOrEqual(2);
    });

    test("keep their colours without a profile", async () => {
      expect(await shiftOfColour(encode(deep()))).toBeLessThanOrEqual(2);
    });
  });
});

/** The largest difference in any channel between what was encoded and what was decoded. */
async function shiftOfColour(image: Sharp): Promise<number> {
  const { base } = await decodeImage(await image.toBuffer(), [{ width: 32, height: 32 }], LIMITS);
  const { r, g, b } = SATURATED;
  return distance([...base.data.subarray(0, 3)], [r, g, b]);
}
