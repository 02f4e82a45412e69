import fc from "fast-check";
import { type Dimensions, fitInside } from "../../../lambda-src/images/preview-dimensions";
import { baseDimensions, pixelsOf, sourceOf, stepsBetween } from "../../../lambda-src/images/preview-sources";

const square = (side: number): Dimensions => ({ width: side, height: side });
const longest = ({ width, height }: Dimensions): number => Math.max(width, height);
const previewsOf = (original: Dimensions, ...sides: readonly number[]): readonly Dimensions[] =>
  sides.map((side) => fitInside(original, square(side)));

const dimensions = fc.record({ width: fc.integer({ min: 1, max: 9000 }), height: fc.integer({ min: 1, max: 9000 }) });
const boxes = fc.array(
  fc.record({ width: fc.integer({ min: 1, max: 4096 }), height: fc.integer({ min: 1, max: 4096 }) }),
  { minLength: 1, maxLength: 6 },
);

describe("baseDimensions", () => {
  const photo = { width: 6000, height: 4000 };

  test("are those of the largest preview where the others are well below it", () => {
    expect(baseDimensions(photo, previewsOf(photo, 150, 300, 800))).toEqual({ width: 800, height: 533 });
  });

  test("are larger where a preview comes close to the largest", () => {
    expect(baseDimensions(photo, previewsOf(photo, 800, 700))).toEqual({ width: 1200, height: 800 });
  });

  test("are the original's where a preview of its own pipeline would be filtered from all of its pixels", () => {
    const small = { width: 900, height: 600 };
    expect(baseDimensions(small, previewsOf(small, 150, 300, 800))).toEqual(small);
    const crowded = { width: 3000, height: 2000 };
    expect(baseDimensions(crowded, previewsOf(crowded, 1600, 1500))).toEqual(crowded);
  });

  test("cover every preview, never enlarge, and stay below what a single preview can have", () => {
    fc.assert(
      fc.property(dimensions, boxes, (original, sizes) => {
        const previews = sizes.map((size) => fitInside(original, size));
        const base = baseDimensions(original, previews);
        expect(base.width).toBeLessThanOrEqual(original.width);
        expect(base.height).toBeLessThanOrEqual(original.height);
        expect(pixelsOf(base)).toBeLessThan(4096 * 4097);
        for (const preview of previews) expect(longest(base)).toBeGreaterThanOrEqual(longest(preview));
      }),
    );
  });
});

describe("sourceOf", () => {
  const previews = [square(800), square(300), square(150)];

  test("is the base for what one step leads to", () => {
    expect(sourceOf(square(300), previews, square(800))).toBeUndefined();
    expect(sourceOf(square(800), previews, square(800))).toBeUndefined();
  });

  test("is the smallest preview that is far enough above", () => {
    expect(sourceOf(square(150), previews, square(800))).toEqual(square(300));
    expect(sourceOf(square(64), previews, square(800))).toEqual(square(150));
    expect(sourceOf(square(150), [square(200), square(800)], square(800))).toEqual(square(800));
  });

  test("is the base where no preview is above", () => {
    expect(sourceOf(square(100), [square(100)], square(800))).toBeUndefined();
  });
});

describe("stepsBetween", () => {
  test("goes at once where that is less than averaging takes", () => {
    expect(stepsBetween(square(800), square(201))).toEqual([square(201)]);
  });

  test("goes by halves, in the square, where it is more", () => {
    expect(stepsBetween(square(900), square(100))).toEqual([square(300), square(100)]);
  });

  test("ends at the target in steps that libvips does not average", () => {
    const side = fc.integer({ min: 1, max: 9000 });
    fc.assert(
      fc.property(side, side, (from, to) => {
        fc.pre(from >= to);
        const steps = [from, ...stepsBetween(square(from), square(to)).map(longest)];
        expect(steps.at(-1)).toBe(to);
        // Rounding of a few pixels is not what makes an image worse.
        for (const [index, step] of steps.slice(1).entries())
          expect((steps[index] ?? 0) / step).toBeLessThan(to < 10 ? 6 : 4.3);
      }),
    );
  });
});
