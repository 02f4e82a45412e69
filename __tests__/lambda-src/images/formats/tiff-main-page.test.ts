import fc from "fast-check";
import sharp from "sharp";
import { animated, quarters } from "../../../../checks/images/pictures";
import { tiffMainPage } from "../../../../lambda-src/images/formats/tiff-main-page";

const onlyPage = (bytes: Buffer): Buffer => tiffMainPage(bytes).bytes;

/** A classic little-endian TIFF of one directory: fields are type, count and value or offset. */
function directoryOf(fields: readonly (readonly [number, number, number])[], padding = 0): Buffer {
  const directory = Buffer.alloc(8 + 2 + fields.length * 12 + 4 + padding);
  directory.write("II*\0", 0, "latin1");
  directory.writeUInt32LE(8, 4);
  directory.writeUInt16LE(fields.length, 8);
  for (const [index, [type, count, value]] of fields.entries()) {
    const offset = 10 + index * 12;
    directory.writeUInt16LE(60_000 + index, offset);
    directory.writeUInt16LE(type, offset + 2);
    directory.writeUInt32LE(count, offset + 4);
    directory.writeUInt32LE(value, offset + 8);
  }
  return directory;
}

describe("tiffMainPage", () => {
  test.each([false, true])("leaves one page, with the same pixels (BigTIFF: %s)", async (bigtiff) => {
    const frames = await sharp(await animated("gif"), { animated: true })
      .tiff({ bigtiff })
      .toBuffer();
    const first = onlyPage(frames);
    expect((await sharp(frames).metadata()).pages).toBe(2);
    expect((await sharp(first).metadata()).pages ?? 1).toBe(1);
    expect(await sharp(first).raw().toBuffer()).toEqual(await sharp(frames).raw().toBuffer());
  });

  test("gives back a file of one page as it is", async () => {
    const single = await quarters(96, 64).tiff().toBuffer();
    expect(onlyPage(single)).toBe(single);
  });

  test("reads both byte orders", () => {
    const little = directoryOf([[3, 1, 7]]);
    const big = Buffer.from("4d4d002a000000080001ea6000030000000100070000000000000000", "hex").subarray(0, 26);
    expect(onlyPage(little)).toBe(little);
    expect(onlyPage(big)).toBe(big);
  });

  test("refuses fields that share the same megabytes", () => {
    const shared = Array.from({ length: 20 }, () => [2, 1000, 300] as const);
    expect(() => onlyPage(directoryOf(shared, 1000))).toThrow(/^a TIFF directory's values must fit/);
    expect(onlyPage(directoryOf(shared.slice(0, 1), 1000))).toBeInstanceOf(Buffer);
  });

  test("refuses more than 200 fields", () => {
    const fields = Array.from({ length: 201 }, () => [3, 1, 1] as const);
    expect(() => onlyPage(directoryOf(fields))).toThrow("at most 200 fields, got 201");
  });

  test("says of a directory outside of the file that it is", () => {
    const bytes = Buffer.from([0x49, 0x49, 42, 0, 200, 0, 0, 0, 0, 0]);
    expect(() => onlyPage(bytes)).toThrow("a TIFF directory must lie within the file's 10 bytes");
  });

  test("throws nothing but RangeErrors for any bytes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("II*\0", "MM\0*", "II+\0", "MM\0+"),
        fc.uint8Array({ maxLength: 300 }),
        (head, tail) => {
          try {
            onlyPage(Buffer.concat([Buffer.from(head, "latin1"), tail]));
          } catch (error) {
            // By name: Node's own errors are of another realm than the test's.
            expect((error as Error).name).toBe("RangeError");
          }
        },
      ),
    );
  });
});
