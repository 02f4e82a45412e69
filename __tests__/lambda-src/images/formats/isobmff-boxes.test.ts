import fc from "fast-check";
import { box } from "../../../../checks/images/avif-containers";
import { readBoxes, readItemData } from "../../../../lambda-src/images/formats/isobmff-boxes";
import { RANGE_ERROR, unlessRangeError } from "../../../support/range-error";

const FILE = Buffer.from("0123456789abcdef", "latin1");
const IDAT = Buffer.from("ABCDEFGH", "latin1");
const ITEM = 7;

interface Location {
  readonly version?: 0 | 1 | 2;
  readonly method?: number;
  readonly reference?: number;
  readonly base?: number;
  /** Offset and length of each. */
  readonly extents?: readonly (readonly [number, number])[];
  readonly offsetBytes?: number;
  readonly lengthBytes?: number;
  readonly baseBytes?: number;
  readonly indexBytes?: number;
  /** Of the items that lie there. */
  readonly ids?: readonly number[];
}

const unsigned = (byteLength: number, value: number): Buffer => {
  const bytes = Buffer.alloc(byteLength);
  if (byteLength === 8) bytes.writeBigUInt64BE(BigInt(value));
  else if (byteLength > 0) bytes.writeUIntBE(value, 0, byteLength);
  return bytes;
};

function iloc(location: Location): Buffer {
  const { version = 0, method = 0, reference = 0, base = 0, extents = [[0, 1]], ids = [ITEM] } = location;
  const { offsetBytes = 4, lengthBytes = 4, baseBytes = 0, indexBytes = 0 } = location;
  const idBytes = version === 2 ? 4 : 2;
  const entry = (id: number): Buffer[] => [
    unsigned(idBytes, id),
    unsigned(version === 0 ? 0 : 2, method),
    unsigned(2, reference),
    unsigned(baseBytes, base),
    unsigned(2, extents.length),
    ...extents.flatMap(([offset, length]) => [
      unsigned(version === 0 ? 0 : indexBytes, 1),
      unsigned(offsetBytes, offset),
      unsigned(lengthBytes, length),
    ]),
  ];
  const sizes = Buffer.of((offsetBytes << 4) | lengthBytes, (baseBytes << 4) | indexBytes);
  return box("iloc", Buffer.of(version, 0, 0, 0), sizes, unsigned(idBytes, ids.length), ...ids.flatMap(entry));
}

const read = (location: Location): string | undefined =>
  readItemData(FILE, readBoxes(Buffer.concat([iloc(location), box("idat", IDAT)])), new Set([ITEM]))
    .get(ITEM)
    ?.map((part) => part.toString("latin1"))
    .join("|");

describe("readItemData", () => {
  test.each<[string, Location, string]>([
    ["a part of the file", { extents: [[3, 4]] }, "3456"],
    ["parts in their own order", { extents: [[8, 2], [2, 3]] }, "89|234"], // biome-ignore format: a row
    ["version 1", { version: 1, extents: [[3, 4]] }, "3456"],
    ["version 2", { version: 2, extents: [[3, 4]] }, "3456"],
    ["a part of idat", { version: 1, method: 1, extents: [[1, 7]] }, "BCDEFGH"],
    ["a base", { baseBytes: 4, base: 10, extents: [[2, 3]] }, "cde"],
    ["a base without offsets", { baseBytes: 8, base: 10, offsetBytes: 0, extents: [[0, 6]] }, "abcdef"],
    ["fields of eight bytes", { offsetBytes: 8, lengthBytes: 8, extents: [[15, 1]] }, "f"],
    ["indexes", { version: 1, indexBytes: 4, extents: [[0, 1], [1, 1]] }, "0|1"], // biome-ignore format: a row
    ["an item after others", { ids: [1, 2, ITEM], extents: [[5, 2]] }, "56"],
  ])("finds %s", (_, location, expected) => {
    expect(read(location)).toBe(expected);
  });

  test.each<[string, Location]>([
    ["data past the end of the file", { extents: [[10, 7]] }],
    ["data past the end of idat", { version: 1, method: 1, extents: [[2, 7]] }],
    ["a base past the end", { baseBytes: 8, base: 2 ** 60, extents: [[0, 1]] }],
    ["parts that overlap", { extents: [[4, 4], [0, 5]] }], // biome-ignore format: a row
    ["the same part twice", { extents: [[4, 4], [4, 4]] }], // biome-ignore format: a row
    ["an empty part", { extents: [[4, 0]] }],
    ["no lengths", { lengthBytes: 0, extents: [[4, 0]] }],
    ["more parts than the decoder takes", { extents: Array.from({ length: 33 }, () => [0, 1] as const) }],
    ["data in another file", { reference: 1 }],
    ["data in another item", { version: 1, method: 2 }],
    ["fields of other sizes", { offsetBytes: 2 }],
    ["two locations for one item", { ids: [ITEM, ITEM] }],
    ["no location", { ids: [1] }],
  ])("refuses %s", (_, location) => {
    expect(() => read(location)).toThrow(RANGE_ERROR);
  });

  test("refuses an unknown version", () => {
    const content = box("iloc", Buffer.alloc(100, 3));
    expect(() => readItemData(FILE, readBoxes(content), new Set([ITEM]))).toThrow("iloc must have version 0 to 2");
  });

  test("ends for any locations, with parts of the file or a RangeError", () => {
    // Small numbers, so that some of them are right.
    const field = fc.constantFrom(0, 0, 0, 1, 2, ITEM, 16, 255);
    fc.assert(
      fc.property(
        fc.nat(2),
        fc.constantFrom(0, 4, 8, 1),
        fc.array(field, { maxLength: 120 }),
        (version, size, rest) => {
          const head = Buffer.of(version, 0, 0, 0, (size << 4) | 4, 0);
          const meta = readBoxes(box("iloc", head, Buffer.from(rest)));
          const data = unlessRangeError(() => readItemData(FILE, meta, new Set([ITEM])));
          expect(Buffer.concat([...(data?.get(ITEM) ?? [])]).length).toBeLessThanOrEqual(FILE.length);
        },
      ),
    );
  });
});
