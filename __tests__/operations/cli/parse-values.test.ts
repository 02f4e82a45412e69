import fc from "fast-check";
import {
  parseCode,
  parseCount,
  parseDuration,
  parseRate,
  parseStatus,
  parseTime,
} from "../../../operations/cli/parse-values";

const nowMs = Date.UTC(2026, 0, 31, 12);
const now = nowMs / 1000;

describe("values of the command line", () => {
  test.each([
    ["90s", now - 90],
    ["2h", now - 7200],
    ["3d", now - 259_200],
    ["1w", now - 604_800],
    ["2026-01-31", now - 43_200],
    ["2026-01-31T08:00", now - 14_400],
    ["2026-01-31T08:00:30Z", now - 14_370],
    ["2026-01-31T08:00:00.500+02:00", now - 21_600],
  ])("the time %s", (text, seconds) => {
    expect(parseTime(text, nowMs)).toBe(seconds);
  });

  test.each(["", "2", "h", "-2h", "2 h", "yesterday", "2026", "2026-13-01", "2026-01-31T25:00", "31.01.2026"])(
    "%j is no time",
    (text) => {
      expect(() => parseTime(text, nowMs)).toThrow(`must be a time such as 2h, 3d or 2026-01-31T08:00Z, got "${text}"`);
    },
  );

  test("every time that is printed is read again", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(parseTime(new Date(seconds * 1000).toISOString(), nowMs)).toBe(seconds);
      }),
    );
  });

  test("counts, rates, durations, states and codes", () => {
    expect([
      parseCount("17"),
      parseRate("0.5"),
      parseDuration("2h"),
      parseStatus("failed"),
      parseCode("s3_error"),
    ]).toEqual([17, 0.5, 7200, "failed", "S3_ERROR"]);
    for (const text of ["0", "-1", "1.5", "x", ""]) expect(() => parseCount(text)).toThrow("must be an integer from 1");
    for (const text of ["0", "1001", "1e3", ""]) expect(() => parseRate(text)).toThrow("must be a rate");
    expect(() => parseDuration("2")).toThrow('must be a duration such as 90s, 2h or 3d, got "2"');
    expect(() => parseStatus("Failed")).toThrow("must be one of pending, processing, completed, failed");
    expect(() => parseCode("OOPS")).toThrow("SOURCE_NOT_FOUND");
  });
});
