import fc from "fast-check";
import { type Pixels, withoutOpaqueAlpha } from "../../../lambda-src/images/pixels";

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

  test("keeps every colour, whatever the number of pixels and wherever they lie", () => {
    const colours = fc.array(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(colours, fc.nat(7), (pixels, offset) => {
        const data = Buffer.from([...Array<number>(offset).fill(9), ...pixels.flatMap((pixel) => [...pixel, 255])]);
        const image: Pixels = { data: data.subarray(offset), width: pixels.length, height: 1, channels: 4 };
        expect([...withoutOpaqueAlpha(image).data]).toEqual(pixels.flat());
      }),
    );
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
