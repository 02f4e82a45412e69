import type { ClassComparison, Result } from "../compare";

const HEADING = ["", "x CPU", "CPU ms", "wall ms", "peak MB", "KB out", "PSNR dB", "SSIM"];

/** One table for each kind of image, fastest first; what cannot render it stands below. */
export function comparisonTable({ name, description, results, refusals }: ClassComparison): string {
  const rows = [...results].sort((a, b) => a.ratio - b.ratio).map(row);
  const cannot = refusals.map((refusal) => `cannot: ${refusal.candidate} (${refusal.cannot})`);
  return [`${name}: ${description}`, formatTable(HEADING, rows), ...cannot].join("\n");
}

function row({ candidate, ratio, cpuMs, wallMs, peakMb, bytes, quality }: Result): readonly string[] {
  return [
    candidate,
    ratio.toFixed(2),
    cpuMs.toFixed(1),
    wallMs.toFixed(1),
    Number.isNaN(peakMb) ? "-" : peakMb.toFixed(0),
    (bytes / 1000).toFixed(1),
    ...(quality
      ? [quality.psnr.map((value) => value.toFixed(1)).join("/"), Math.min(...quality.ssim).toFixed(4)]
      : ["-", "-"]),
  ];
}

/** Columns of equal width, the first to the left and the others to the right, under a heading and a line. */
export function formatTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, column) => (column === 0 ? (cells[0] ?? "").padEnd(width) : (cells[column] ?? "").padStart(width)))
      .join("  ")
      .trimEnd();
  return [line(heading), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
