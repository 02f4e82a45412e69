import fc from "fast-check";
import { fitLine, median, pairedRatio } from "../../bench/report/statistics";

const values = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 });

describe("median", () => {
  test.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
  ])("of %j is %d", (numbers, expected) => {
    expect(median(numbers)).toBe(expected);
  });

  test("has as many values below as above, and leaves its argument alone", () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const before = [...numbers];
        const middle = median(numbers);
        expect(numbers.filter((value) => value < middle).length).toBeLessThanOrEqual(numbers.length / 2);
        expect(numbers.filter((value) => value > middle).length).toBeLessThanOrEqual(numbers.length / 2);
        expect(numbers).toEqual(before);
      }),
    );
  });

  test("refuses an empty list", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("pairedRatio", () => {
  test("compares values of the same round, so that a slow round changes nothing", () => {
    expect(pairedRatio([20, 200, 22], [10, 100, 11])).toBe(2);
  });

  test("is 1 for anything beside itself", () => {
    fc.assert(fc.property(values, (numbers) => expect(pairedRatio(numbers, numbers)).toBe(1)));
  });

  test("refuses lists of different lengths", () => {
    expect(() => pairedRatio([1, 2], [1])).toThrow("paired values must be equally many, got 2 and 1");
  });
});

describe("fitLine", () => {
  test("finds the line that the points lie on", () => {
    const coefficient = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(coefficient, coefficient, (slope, intercept) => {
        const line = fitLine([1, 2, 5, 10].map((x) => [x, slope * x + intercept]));
        expect(line.slope).toBeCloseTo(slope, 6);
        expect(line.intercept).toBeCloseTo(intercept, 6);
        expect(line.determination).toBeCloseTo(1, 6);
      }),
    );
  });

  test("says how much of the points it explains", () => {
    const line = fitLine([
      [0, 0],
      [1, 2],
      [2, 0],
      [3, 2],
    ]);
    expect(line.determination).toBeCloseTo(0.2, 10);
  });

  test("refuses points on one vertical line", () => {
    expect(() =>
      fitLine([
        [1, 1],
        [1, 2],
      ]),
    ).toThrow("a line must have at least two different x");
  });
});
