import fc from "fast-check";
import { av1Units } from "../../../../checks/images/avif-containers";
import { plain } from "../../../../checks/images/pictures";
import { countAv1Frames } from "../../../../lambda-src/images/formats/av1-units";
import { RANGE_ERROR, unlessRangeError } from "../../../support/range-error";

const FRAME_HEADER = 3;
const TILE_GROUP = 4;
const FRAME = 6;
const REDUNDANT_FRAME_HEADER = 7;

/** A unit of a type with a size below 128. */
const unit = (type: number, payload: readonly number[] = [1, 2, 3]): number[] => [
  (type << 3) | 2,
  payload.length,
  ...payload,
];
const count = (...bytes: readonly number[]): number => countAv1Frames(Buffer.from(bytes));

describe("countAv1Frames", () => {
  test.each([8, 10, 12] as const)("finds the one frame of a still image of %i bits", async (bitdepth) => {
    expect(countAv1Frames(av1Units(await plain(64, 64).avif({ effort: 0, bitdepth }).toBuffer()))).toBe(1);
  });

  test("counts frames and frame headers, no tiles or repeated headers", () => {
    expect(count(...unit(FRAME), ...unit(FRAME_HEADER), ...unit(TILE_GROUP), ...unit(REDUNDANT_FRAME_HEADER))).toBe(2);
  });

  test("does not take the payload of a unit for units", () => {
    expect(count(...unit(5, unit(FRAME)), ...unit(FRAME))).toBe(1);
  });

  test("reads an extension, and sizes of several bytes", () => {
    const extended = [(FRAME << 3) | 4 | 2, 0, 1, 99];
    const long = [(FRAME << 3) | 2, 0x82, 0x80, 0x80, 0x00, 98, 99];
    expect(count(...extended, ...long, ...unit(FRAME))).toBe(3);
  });

  test("lets a unit without a size reach to the end", () => {
    expect(count(...unit(FRAME), FRAME << 3, ...unit(FRAME))).toBe(2);
  });

  test("steps over zeros, as the decoder does", () => {
    expect(count(...unit(FRAME), 0, 0, ...unit(FRAME), 0)).toBe(2);
  });

  test.each([
    ["a unit that is longer than the data", [(FRAME << 3) | 2, 4, 1, 2, 3]],
    ["a size without end", [(FRAME << 3) | 2, ...Array<number>(9).fill(0x80)]],
    ["a size that is cut off", [(FRAME << 3) | 2, 0x80]],
    ["an extension that is cut off", [(FRAME << 3) | 4]],
    ["the largest size there is", [(FRAME << 3) | 2, ...Array<number>(7).fill(0xff), 0x7f]],
  ])("refuses %s", (_, bytes) => {
    expect(() => count(...bytes)).toThrow(RANGE_ERROR);
  });

  test("ends for any bytes, with a count or a RangeError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(unlessRangeError(() => count(...bytes)) ?? 0).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
