import fc from "fast-check";
import { type Dimensions, fitInside } from "../../../lambda-src/images/preview-dimensions";

const side = (max: number) => fc.integer({ min: 1, max });
const original = fc.record({ width: side(30_000), height: side(30_000) });
const box = fc.record({ width: side(4096), height: side(4096) });

describe("fitInside", () => {
  test.each([
    ["a landscape", [4000, 3000], [800, 800], [800, 600]],
    ["a portrait", [3000, 4000], [800, 800], [600, 800]],
    ["a square", [1000, 1000], [150, 150], [150, 150]],
    ["a panorama", [8000, 500], [800, 800], [800, 50]],
    ["a line", [30_000, 1], [150, 150], [150, 1]],
    ["a small image, which stays as it is", [100, 80], [800, 800], [100, 80]],
    ["a box that is not square", [4000, 3000], [1200, 300], [400, 300]],
    ["a side that rounds up", [1000, 667], [150, 150], [150, 100]],
    ["an exact half, which rounds up", [110, 55], [7, 7], [7, 4]],
  ] as const)("fits %s", (_, [width, height], [boxWidth, boxHeight], expected) => {
    expect(fitInside({ width, height }, { width: boxWidth, height: boxHeight })).toEqual({
      width: expected[0],
      height: expected[1],
    });
  });

  test("stays inside the box and the original, with at least one pixel", () => {
    fc.assert(
      fc.property(original, box, (image, limit) => {
        const { width, height } = fitInside(image, limit);
        expect(width).toBeGreaterThanOrEqual(1);
        expect(height).toBeGreaterThanOrEqual(1);
        expect(width).toBeLessThanOrEqual(Math.min(image.width, limit.width));
        expect(height).toBeLessThanOrEqual(Math.min(image.height, limit.height));
      }),
    );
  });

  test("is exact in whole numbers: the tighter side fills its box, the other is the nearest", () => {
    fc.assert(
      fc.property(original, box, (image, limit) => {
        expect(fitInside(image, limit)).toEqual(nearestFit(image, limit));
      }),
      { numRuns: 2000 },
    );
  });
});

function nearestFit(image: Dimensions, limit: Dimensions): Dimensions {
  if (image.width <= limit.width && image.height <= limit.height) return image;
  if (image.width * limit.height >= image.height * limit.width)
    return { width: limit.width, height: Math.max(1, nearest(image.height * limit.width, image.width)) };
  return { width: Math.max(1, nearest(image.width * limit.height, image.height)), height: limit.height };
}

/** Division of whole numbers, halves up. */
const nearest = (dividend: number, divisor: number): number => Math.floor((2 * dividend + divisor) / (2 * divisor));
