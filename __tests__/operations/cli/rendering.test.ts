import fc from "fast-check";
import { progressBar } from "../../../operations/cli/render/progress-bar";
import { showBytes, showDuration } from "../../../operations/cli/render/quantities";
import { renderFields, renderTable, shorten } from "../../../operations/cli/render/table";
import { visibleText } from "../../../operations/visible-text";

const columns = [
  { heading: "IMAGE", value: (row: { id: string }) => row.id },
  { heading: "KEY", value: (row: { key: string }) => row.key, flexible: true },
];
const rows = [
  { id: "8b49fd88-7c34-2050-a833-e6a2761377a0", key: "uploads/alice/a very long name of a photo.jpg" },
  { id: "5aab8307-a0e6-7e8e-4677-d7fa7b1c7e2c", key: "uploads/bob/b.jpg" },
];
const longest = (text: string) => Math.max(...text.split("\n").map((line) => [...line].length));

describe("renderTable", () => {
  test("is a table where there is room, and shortens the key before it gives up", () => {
    const wide = renderTable(rows, columns, 100).split("\n");
    expect(wide[0]).toMatch(/^IMAGE {33}KEY$/);
    expect(wide[1]).toContain(rows[0]?.key);
    const narrower = renderTable(rows, columns, 70);
    expect(longest(narrower)).toBeLessThanOrEqual(70);
    expect(narrower).toContain("…");
  });

  test("fits 40 columns in blocks", () => {
    expect(renderTable(rows, columns, 40)).toBe(
      [
        "8b49fd88-7c34-2050-a833-e6a2761377a0",
        "  KEY uploads/alice/a v…e of a photo.jpg",
        "",
        "5aab8307-a0e6-7e8e-4677-d7fa7b1c7e2c",
        "  KEY uploads/bob/b.jpg",
      ].join("\n"),
    );
  });

  test("gives a pipe all of it, between tabs", () => {
    expect(renderTable(rows, columns, undefined).split("\n")[1]).toBe(`${rows[0]?.id}\t${rows[0]?.key}`);
  });

  test("never is wider than the terminal, whatever the keys are", () => {
    const anyRow = fc.record({ id: fc.uuid(), key: fc.string({ unit: "grapheme", maxLength: 90 }) });
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1, maxLength: 5 }), fc.integer({ min: 40, max: 200 }), (any, width) => {
        expect(longest(renderTable(any, columns, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe("text", () => {
  test("of others cannot act on the terminal", () => {
    expect(visibleText("a\u001b[31mb\nc\u202ed\u200be")).toBe("a\\u001b[31mb\\nc\\u{202e}d\\u{200b}e");
    expect(visibleText("süß 🎉 a+b%.jpg")).toBe("süß 🎉 a+b%.jpg");
  });

  test("is shortened in its middle", () => {
    expect(shorten("0123456789", 5)).toBe("01…89");
    expect(shorten("0123", 5)).toBe("0123");
  });

  test("fields go on below when they are too long", () => {
    const value = `${"x".repeat(30)}${"y".repeat(10)}`;
    expect(
      renderFields(
        [
          ["a", "1"],
          ["key", value],
        ],
        35,
      ),
    ).toBe(`a    1\nkey  ${"x".repeat(30)}\n     ${"y".repeat(10)}`);
  });

  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1720, "1.7 kB"],
    [12_345, "12 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [5e12, "5.0 TB"],
    [5e15, "5000 TB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(showBytes(bytes)).toBe(text);
  });

  test.each([
    [0.4, "0 s"],
    [59.4, "59 s"],
    [90, "2 min"],
    [3600, "1 h 0 min"],
    [100_000, "1 d 3 h"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(showDuration(seconds)).toBe(text);
  });
});

test("progressBar leaves out from its end what does not fit", () => {
  const progress = { done: 500, total: 2000, sent: 400, elapsedSeconds: 50 };
  expect(progressBar(progress, 80)).toBe(" 25%  3 min left  500 of 2,000  400 sent  [#####...............]");
  expect(progressBar(progress, 40)).toBe(" 25%  3 min left  500 of 2,000");
  expect(progressBar({ ...progress, done: 0, total: 0 }, 80)).toContain("100%");
});
