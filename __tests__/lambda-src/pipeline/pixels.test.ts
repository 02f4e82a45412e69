import { type Pixels, withoutOpaqueAlpha } from "../../../lambda-src/pipeline/pixels";

const rgba = (...samples: number[]): Pixels => ({ data: Buffer.from(samples), width: 2, height: 1, channels: 4 });

describe("withoutOpaqueAlpha", () => {
  test("drops an alpha channel that says nothing", () => {
    expect(withoutOpaqueAlpha(rgba(1, 2, 3, 255, 4, 5, 6, 255))).toEqual({
      data: Buffer.from([1, 2, 3, 4, 5, 6]),
      width: 2,
      height: 1,
      channels: 3,
    });
  });

  test("keeps the alpha channel when one pixel is not opaque", () => {
    const pixels = rgba(1, 2, 3, 255, 4, 5, 6, 254);
    expect(withoutOpaqueAlpha(pixels)).toBe(pixels);
  });

  test("leaves pixels without alpha as they are", () => {
    const pixels: Pixels = { data: Buffer.from([1, 2, 3]), width: 1, height: 1, channels: 3 };
    expect(withoutOpaqueAlpha(pixels)).toBe(pixels);
  });
});
