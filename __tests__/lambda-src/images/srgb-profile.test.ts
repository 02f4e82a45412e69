import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { decodeImage } from "../../../lambda-src/images/decode";
import { isAffordableProfile } from "../../../lambda-src/images/formats/colour-profile";
import { isSrgbProfile } from "../../../lambda-src/images/srgb-profile";
import {
  curveFormula,
  curveTable,
  gammaCurve,
  profileOf,
  type RgbProfile,
  rgbProfile,
  SRGB_COLORANTS,
  srgbLight,
} from "../../support/rgb-profiles";
import { temporaryDirectory } from "../../support/temporary-directory";
import { runsOf } from "../../support/thorough";

const LIMITS = { maxPixels: 50_000_000, memoryBudgetBytes: 600_000_000 };
const directory = temporaryDirectory();

const SRGB: RgbProfile = { colorants: SRGB_COLORANTS, curve: curveTable(1024, srgbLight) };
const P3: RgbProfile["colorants"] = [
  [0.51512, 0.2412, -0.00105],
  [0.29198, 0.69225, 0.04189],
  [0.1571, 0.06657, 0.78407],
];
const ADOBE_RGB: RgbProfile["colorants"] = [
  [0.60974, 0.31111, 0.01947],
  [0.20528, 0.62567, 0.06087],
  [0.14919, 0.06322, 0.74457],
];

describe("isSrgbProfile", () => {
  test.each([
    ["a table of 1024 entries", SRGB],
    ["a table of 256 entries", { ...SRGB, curve: curveTable(256, srgbLight) }],
    ["a formula", { ...SRGB, curve: curveFormula(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045) }],
  ])("knows sRGB by %s", (_, profile) => {
    expect(isSrgbProfile(rgbProfile(profile))).toBe(true);
  });

  test.each([
    ["srgb", true],
    ["p3", false],
    ["cmyk", false],
  ])("says of sharp's %s: %s", async (name, expected) => {
    expect(isSrgbProfile(await profileOf(name))).toBe(expected);
  });

  test.each([
    ["the colorants of Display P3", { ...SRGB, colorants: P3 }],
    ["the colorants of Adobe RGB", { ...SRGB, colorants: ADOBE_RGB }],
    ["green and blue swapped", { ...SRGB, colorants: [SRGB_COLORANTS[0], SRGB_COLORANTS[2], SRGB_COLORANTS[1]] }],
    ["a gamma of 2.2", { ...SRGB, curve: gammaCurve(2.2) }],
    ["a formula of gamma 2.2", { ...SRGB, curve: curveFormula(0, 2.2) }],
    ["a table of gamma 1.8", { ...SRGB, curve: curveTable(1024, (x) => x ** 1.8) }],
    ["linear light", { ...SRGB, curve: curveTable(2, (x) => x) }],
    ["a table that is cut short", { ...SRGB, curve: SRGB.curve.subarray(0, 1000) }],
    ["a formula that is cut short", { ...SRGB, curve: curveFormula(3, 2.4) }],
    ["a curve of nothing", { ...SRGB, curve: Buffer.alloc(0) }],
    ["a table of colours besides", { ...SRGB, extra: "A2B0" }],
  ] as const)("does not take for it %s", (_, profile) => {
    expect(isSrgbProfile(rgbProfile(profile as RgbProfile))).toBe(false);
  });

  test("judges whatever was done to a profile", () => {
    const original = rgbProfile(SRGB);
    const edits = fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(edits, fc.integer({ min: 132, max: original.length }), (changes, length) => {
        const profile = Buffer.from(original.subarray(0, length));
        for (const [place, value] of changes) if (place < length) profile[place] = value;
        return !isAffordableProfile(profile) || typeof isSrgbProfile(profile) === "boolean";
      }),
      runsOf(2000),
    );
  });
});

describe("an image that says sRGB", () => {
  /** Every 15th level of each colour, as lossless WebP, which sharp lets through without touching a colour. */
  async function colours(profile: RgbProfile): Promise<Buffer> {
    const path = join(directory, "profile.icc");
    writeFileSync(path, rgbProfile(profile));
    const levels = Array.from({ length: 18 }, (_, index) => index * 15);
    const data = Buffer.from(levels.flatMap((r) => levels.flatMap((g) => levels.flatMap((b) => [r, g, b]))));
    return sharp(data, { raw: { width: 18 * 18, height: 18, channels: 3 } })
      .withIccProfile(path)
      .webp({ lossless: true })
      .toBuffer();
  }

  test("is decoded as if it were converted, but for rounding", async () => {
    const file = await colours(SRGB);
    const { base } = await decodeImage(file, [{ width: 1000, height: 1000 }], LIMITS);
    const converted = await sharp(file).toColourspace("srgb").raw().toBuffer();
    const unconverted = await sharp(file, { ignoreIcc: true }).raw().toBuffer();
    expect(base.data).toEqual(unconverted);
    expect(largestDifference(base.data, converted)).toBeLessThanOrEqual(1);
  });

  test("is converted when it does not mean it", async () => {
    const file = await colours({ ...SRGB, colorants: ADOBE_RGB });
    const { base } = await decodeImage(file, [{ width: 1000, height: 1000 }], LIMITS);
    const converted = await sharp(file).toColourspace("srgb").raw().toBuffer();
    expect(base.data).toEqual(converted);
    expect(largestDifference(converted, await sharp(file, { ignoreIcc: true }).raw().toBuffer())).toBeGreaterThan(20);
  });

  const largestDifference = (a: Buffer, b: Buffer): number =>
    a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (b[index] ?? 0))), 0);
});
