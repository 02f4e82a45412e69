/** @throws {RangeError} when there is no value */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined)
    throw new RangeError("a median must have at least one value, got none");
  return (lower + upper) / 2;
}

/**
 * How many times `values` are those of `base`: the median over rounds, because what disturbs a round disturbs both.
 * @throws {RangeError} when the lengths differ or are zero
 */
export function pairedRatio(values: readonly number[], base: readonly number[]): number {
  if (values.length !== base.length)
    throw new RangeError(`paired values must be equally many, got ${values.length} and ${base.length}`);
  return median(values.map((value, round) => value / (base[round] ?? Number.NaN)));
}

export interface Line {
  readonly intercept: number;
  readonly slope: number;
  /** The share of the values' variance that the line explains, up to 1. */
  readonly determination: number;
}

/**
 * The line that fits the points (x, y) best by least squares.
 * @throws {RangeError} with fewer than two different x
 */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const sum = (term: (x: number, y: number) => number): number =>
    points.reduce((total, [x, y]) => total + term(x - meanX, y - meanY), 0);
  const spread = sum((x) => x * x);
  if (!(spread > 0)) throw new RangeError("a line must have at least two different x");
  const slope = sum((x, y) => x * y) / spread;
  const intercept = meanY - slope * meanX;
  const variance = sum((_, y) => y * y);
  const unexplained = sum((x, y) => (y - slope * x) ** 2);
  return { intercept, slope, determination: variance === 0 ? 1 : 1 - unexplained / variance };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
