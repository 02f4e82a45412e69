import type { ClassComparison, Result } from "../../bench/compare";
import { comparisonChart } from "../../bench/report/chart";
import { comparisonTable, formatTable } from "../../bench/report/table";

const result = (candidate: string, ratio: number): Result => ({
  candidate,
  ratio,
  cpuMs: ratio * 10,
  wallMs: ratio * 11,
  bytes: 12_345,
  peakMb: 80,
});

const COMPARISON: ClassComparison = {
  name: "jpeg-1mp",
  description: "JPEG, <1 & 2>",
  results: [
    result("slow", 20),
    {
      ...result("this project", 1),
      quality: { psnr: [51.55, 49.9], ssim: [0.9999, 0.998], dimensions: ["2x2", "1x1"] },
    },
    { ...result("fast", 0.5), peakMb: Number.NaN },
  ],
  refusals: [{ candidate: "old", cannot: "unknown format" }],
};

describe("formatTable", () => {
  test("aligns the first column to the left and the others to the right", () => {
    expect(
      formatTable(
        ["", "ms"],
        [
          ["a", "1"],
          ["long", "100"],
        ],
      ),
    ).toBe("       ms\n----  ---\na       1\nlong  100");
  });
});

describe("comparisonTable", () => {
  const lines = comparisonTable(COMPARISON).split("\n");

  test("puts the fastest first", () => {
    expect(lines.slice(3, 6).map((line) => line.split(/ {2,}/)[0])).toEqual(["fast", "this project", "slow"]);
  });

  test("shows the quality of each preview, and the worst likeness", () => {
    expect(lines[4]).toMatch(/51\.5\/49\.9 +0\.9980$/);
  });

  test("leaves out what is not known", () => {
    expect(lines[3]).toMatch(/^fast +0\.50 +5\.0 +5\.5 +- +12\.3 +- +-$/);
  });

  test("names who cannot do it, and why", () => {
    expect(lines.at(-1)).toBe("cannot: old (unknown format)");
  });
});

describe("comparisonChart", () => {
  const chart = comparisonChart([COMPARISON]);
  const bars = [...chart.matchAll(/<rect class="(\w+)" x="(\d+)" y="\d+" width="([\d.]+)"/g)];

  test("has a bar for each candidate, fastest first, as wide as the logarithm of its ratio", () => {
    expect(bars.map(([, kind]) => kind)).toEqual(["peer", "subject", "peer"]);
    const [fast = 0, subject = 0, slow = 0] = bars.map(([, , , width]) => Number(width));
    expect((slow - subject) / (subject - fast)).toBeCloseTo(Math.log(20) / Math.log(2), 1);
  });

  test("escapes what is given", () => {
    expect(chart).toContain("JPEG, &lt;1 &amp; 2&gt;");
  });

  test("can be read on light and on dark ground", () => {
    expect(chart).toContain("prefers-color-scheme:dark");
  });

  test("needs nothing from outside", () => {
    expect(chart.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|href|url\(/);
  });

  test("has the subject's line even when everyone is slower", () => {
    expect(comparisonChart([{ ...COMPARISON, results: [result("this project", 1)] }])).not.toContain("NaN");
  });
});
