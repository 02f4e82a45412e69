import fc, { type StringConstraints } from "fast-check";

/** fast-check's own unit of this kind enumerates a million code points in every worker, which takes a second. */
const codePoint = fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff })).map(
  (code) => String.fromCodePoint(code),
  (text) => String(text).codePointAt(0) ?? 0,
);

/** Any text that UTF-8 can carry. */
export const anyText = (constraints: Omit<StringConstraints, "unit"> = {}) =>
  fc.string({ ...constraints, unit: codePoint });
