import { SUBJECT } from "../candidates";
import type { ClassComparison } from "../compare";

const ROW_HEIGHT = 16;
const GAP = 14;
const LEFT = 170;
const BAR_WIDTH = 460;
const WIDTH = LEFT + BAR_WIDTH + 60;

/** Grey that is readable on white and on black, and a colour for the subject. */
const STYLE = `text{font:12px system-ui,sans-serif;fill:#57606a}.class{font-weight:600;fill:#24292f}.peer{fill:#8c959f}.subject{fill:#2da44e}.unit{stroke:#8c959f;stroke-dasharray:2 3}
@media (prefers-color-scheme:dark){text{fill:#9da7b3}.class{fill:#e6edf3}.peer{fill:#6e7681}.subject{fill:#3fb950}}`;

/**
 * Bars of CPU time for each kind of image, as multiples of the subject's, on a logarithmic scale: half and twice are equally
 * far from the dashed line, which is the subject.
 */
export function comparisonChart(comparisons: readonly ClassComparison[]): string {
  const ratios = comparisons.flatMap(({ results }) => results.map(({ ratio }) => ratio));
  const x = logarithmicScale(Math.min(...ratios, 1), Math.max(...ratios, 1));
  let top = 0;
  const groups = comparisons.map((comparison) => {
    const at = top;
    top += (comparison.results.length + 1) * ROW_HEIGHT + GAP;
    return group(comparison, at, x);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img">`,
    "<title>CPU time for the previews of one image, as multiples of this project's</title>",
    `<style>${STYLE}</style>`,
    ...groups,
    `<line class="unit" x1="${x(1)}" x2="${x(1)}" y1="0" y2="${top - GAP}"/>`,
    "</svg>\n",
  ].join("\n");
}

function group({ description, results }: ClassComparison, top: number, x: (ratio: number) => number): string {
  const bars = [...results]
    .sort((a, b) => a.ratio - b.ratio)
    .map(({ candidate, ratio }, row) => {
      const y = top + (row + 1) * ROW_HEIGHT;
      const end = x(ratio);
      const kind = candidate === SUBJECT ? "subject" : "peer";
      return [
        `<text x="${LEFT - 8}" y="${y + 12}" text-anchor="end">${escapeXml(candidate)}</text>`,
        `<rect class="${kind}" x="${LEFT}" y="${y + 2}" width="${round(end - LEFT)}" height="${ROW_HEIGHT - 4}" rx="2"/>`,
        `<text x="${round(end + 6)}" y="${y + 12}">${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(1)}</text>`,
      ].join("");
    });
  return [`<text class="class" x="${LEFT}" y="${top + 12}">${escapeXml(description)}</text>`, ...bars].join("\n");
}

/** px for a ratio; the smallest still has a bar. */
function logarithmicScale(smallest: number, largest: number): (ratio: number) => number {
  const low = Math.log(smallest / 1.5);
  const high = Math.log(largest);
  return (ratio) => round(LEFT + (BAR_WIDTH * (Math.log(ratio) - low)) / (high - low));
}

const round = (length: number): number => Math.round(length * 10) / 10;

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
