import fc from "fast-check";
import * as v from "valibot";
import {
  describeIssue,
  integer,
  type PreviewSize,
  previewSizes,
  processorSettings,
} from "../../contract/processing-settings";
import { runsOf } from "../support/thorough";

/** The parsed value, or what is wrong with it, as a sentence. */
function read(name: keyof typeof processorSettings, text: string | undefined): unknown {
  const environment = { [name]: text };
  const parsed = v.safeParse(v.object({ [name]: processorSettings[name].schema }), environment);
  return parsed.success ? parsed.output[name] : parsed.issues.map((issue) => describeIssue(issue, environment)).join();
}

describe("whole numbers", () => {
  test.each([
    ["MAX_IMAGE_SIZE", "an integer from 1 to 1073741824 bytes", 1_073_741_824],
    ["MAX_IMAGE_PIXELS", "an integer from 1 to 900000000 px", 900_000_000],
    ["RECORD_TTL_DAYS", "an integer from 1 to 36500 days, or never", 36_500],
  ] as const)("%s must be %s", (name, expectation, maximum) => {
    expect(read(name, "1")).toBe(1);
    expect(read(name, String(maximum))).toBe(maximum);
    const bad = ["0", "-1", "+1", "1.5", "1e3", "0x10", "01", "", " ", " 1", "1 ", "1\n", "ten", "١", "NaN", "1_000"];
    for (const text of [...bad, String(maximum + 1), "9".repeat(15), "9".repeat(40)])
      expect(read(name, text)).toBe(`${name} must be ${expectation}, got ${JSON.stringify(text)}`);
    expect(read(name, undefined)).toBe(`${name} must be ${expectation}, got nothing`);
  });

  test("are exactly the decimals between the bounds", () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 200 }), (number) => {
        expect(v.is(integer(5, 100), String(number))).toBe(number >= 5 && number <= 100);
      }),
    );
  });
});

describe("words", () => {
  test.each([
    ["LOG_LEVEL", ["DEBUG", "INFO", "WARN", "ERROR"]],
    ["PREVIEW_FORMAT", ["auto", "jpeg", "png", "webp", "avif"]],
  ] as const)("%s must be one of %j", (name, words) => {
    for (const word of words) expect(read(name, word)).toBe(word);
    for (const text of [
      "",
      "other",
      words[0].toLowerCase() === words[0] ? "AUTO" : "debug",
      `${words[1]} `,
      "__proto__",
    ])
      expect(read(name, text)).toBe(`${name} must be one of ${words.join(", ")}, got ${JSON.stringify(text)}`);
    expect(read(name, undefined)).toBe(`${name} must be one of ${words.join(", ")}, got nothing`);
  });
});

describe("PREVIEW_SIZES", () => {
  const EXPECTATION =
    "must be a comma-separated list of 1 to 20 WIDTHxHEIGHT or name=WIDTHxHEIGHT, each side 1 to 4096, " +
    "together at most 67108864 px, names of 1 to 32 of a-z 0-9 -, names and sizes unique";

  /** Exactly as many pixels as are allowed. */
  const FOUR_OF_THE_LARGEST = "4096x4096,4096x4095,4095x4096,4096x4094,4096x3,4096x1";

  test("names the sizes that have a name, and the others by themselves", () => {
    expect(read("PREVIEW_SIZES", "150x150,300x300,800x800,1200x630")).toEqual([
      { name: "thumbnail", width: 150, height: 150 },
      { name: "small", width: 300, height: 300 },
      { name: "medium", width: 800, height: 800 },
      { name: "1200x630", width: 1200, height: 630 },
    ]);
  });

  test("takes given names, spaces around entries, and the bounds", () => {
    expect(read("PREVIEW_SIZES", " hero-2=4096x1 , icon=1x4096")).toEqual([
      { name: "hero-2", width: 4096, height: 1 },
      { name: "icon", width: 1, height: 4096 },
    ]);
    expect(read("PREVIEW_SIZES", "square=150x150")).toEqual([{ name: "square", width: 150, height: 150 }]);
    expect(read("PREVIEW_SIZES", FOUR_OF_THE_LARGEST)).toHaveLength(6);
    expect(read("PREVIEW_SIZES", Array.from({ length: 20 }, (_, i) => `${i + 1}x1`).join())).toHaveLength(20);
  });

  test.each([
    "",
    " ",
    ",",
    "150x150,",
    ",150x150",
    "150",
    "150x",
    "x150",
    "150X150",
    "150x150x150",
    "150 x 150",
    "0x1",
    "1x0",
    "01x1",
    "-1x1",
    "1.5x1",
    "4097x1",
    "1x4097",
    "99999x1",
    "=1x1",
    "Name=1x1",
    "a_b=1x1",
    "ü=1x1",
    "a/b=1x1",
    `${"a".repeat(33)}=1x1`,
    "a=1x1,a=2x2",
    "a=1x1,b=1x1",
    "150x150,150x150",
    "thumbnail=10x10,150x150",
    "150x150;300x300",
    `${FOUR_OF_THE_LARGEST},1x1`,
    Array.from({ length: 20 }, (_, index) => `4096x${4096 - index}`).join(),
    Array.from({ length: 21 }, (_, index) => `${index + 1}x1`).join(),
  ])("refuses %j", (text) => {
    expect(read("PREVIEW_SIZES", text)).toBe(`PREVIEW_SIZES ${EXPECTATION}, got ${JSON.stringify(text)}`);
  });

  test("refuses nothing at all", () => {
    expect(read("PREVIEW_SIZES", undefined)).toBe(`PREVIEW_SIZES ${EXPECTATION}, got nothing`);
  });

  const side = fc.integer({ min: 1, max: 4096 });
  const name = fc.string({ unit: fc.constantFrom(..."abcxyz0189-"), minLength: 1, maxLength: 32 });
  const sizes = fc
    .uniqueArray(fc.record({ name, width: side, height: side }), {
      minLength: 1,
      maxLength: 20,
      selector: (s) => s.name,
    })
    .filter((list) => new Set(list.map(({ width, height }) => `${width}x${height}`)).size === list.length);

  const pixels = (list: readonly PreviewSize[]) => list.reduce((sum, { width, height }) => sum + width * height, 0);

  test("gives back what was written, up to four of the largest boxes together", () => {
    const written = (list: readonly PreviewSize[]) => list.map((s) => `${s.name}=${s.width}x${s.height}`).join(",");
    fc.assert(
      fc.property(sizes, (list) => {
        const parsed = v.safeParse(previewSizes, written(list));
        expect(parsed.success ? parsed.output : "refused").toEqual(pixels(list) <= 4 * 4096 * 4096 ? list : "refused");
      }),
    );
  });

  test("is a list of distinct names and sizes within bounds, or refused", () => {
    const piece = fc.constantFrom("1", "150", "4096", "4097", "x", "x", ",", "=", "a", "-", " ", "0");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const parsed = v.safeParse(previewSizes, pieces.join(""));
        if (!parsed.success) return;
        const names = parsed.output.map((size) => size.name);
        const boxes = parsed.output.map(({ width, height }) => `${width}x${height}`);
        expect([new Set(names).size, new Set(boxes).size]).toEqual([names.length, names.length]);
        expect(pixels(parsed.output)).toBeLessThanOrEqual(4 * 4096 * 4096);
        for (const size of parsed.output) {
          expect(size.name).toMatch(/^[a-z0-9-]{1,32}$/);
          expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(1);
          expect(Math.max(size.width, size.height)).toBeLessThanOrEqual(4096);
        }
      }),
      runsOf(2000),
    );
  });
});

test.each(Object.entries(processorSettings))("the default of %s is valid itself", (_, { schema, default: text }) => {
  expect(v.safeParse(schema, text).issues).toBeUndefined();
});

test("the sizes of the reference system keep their names", () => {
  expect(v.parse(previewSizes, "800x800,150x150,300x300").map(({ name }) => name)).toEqual([
    "medium",
    "thumbnail",
    "small",
  ]);
});
