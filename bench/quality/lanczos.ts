import type { Dimensions } from "../../lambda-src/images/preview-dimensions";
import type { Pixels } from "./image-difference";

const LOBES = 3;
const CHANNELS = 3;

/** The weights of the samples that make up one sample of the result. */
interface Window {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * Scaled with Lanczos' filter of three lobes over every sample of the original, in floating point and in gamma space, where all
 * candidates work: what they are measured against.
 */
export function downscale(original: Pixels, { width, height }: Dimensions): Pixels {
  const columns = windows(original.width, width);
  const narrow = new Float32Array(width * original.height * CHANNELS);
  for (let row = 0; row < original.height; row += 1)
    for (let column = 0; column < width; column += 1)
      weigh(
        original.samples,
        row * original.width * CHANNELS,
        CHANNELS,
        columns[column],
        narrow,
        (row * width + column) * CHANNELS,
      );

  const rows = windows(original.height, height);
  const samples = new Float32Array(width * height * CHANNELS);
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1)
      weigh(narrow, column * CHANNELS, width * CHANNELS, rows[row], samples, (row * width + column) * CHANNELS);
  return { samples: samples.map((sample) => Math.min(255, Math.max(0, sample))), width, height };
}

function weigh(
  source: Float32Array,
  offset: number,
  stride: number,
  window: Window | undefined,
  target: Float32Array,
  at: number,
): void {
  if (!window) return;
  const { first, weights } = window;
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let tap = 0; tap < weights.length; tap += 1) {
    const weight = weights[tap] ?? 0;
    const from = offset + (first + tap) * stride;
    red += weight * (source[from] ?? 0);
    green += weight * (source[from + 1] ?? 0);
    blue += weight * (source[from + 2] ?? 0);
  }
  target[at] = red;
  target[at + 1] = green;
  target[at + 2] = blue;
}

/** One window for each sample of the result; at the edges it is cut off and weighs as much as ever. */
function windows(from: number, to: number): readonly Window[] {
  const scale = Math.max(1, from / to);
  return Array.from({ length: to }, (_, index) => {
    const centre = ((index + 0.5) * from) / to;
    const first = Math.max(0, Math.ceil(centre - LOBES * scale - 0.5));
    const last = Math.min(from - 1, Math.floor(centre + LOBES * scale - 0.5));
    const weights = Float64Array.from({ length: last - first + 1 }, (_unused, tap) =>
      lanczos((first + tap + 0.5 - centre) / scale),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  const angle = Math.PI * x;
  return (LOBES * Math.sin(angle) * Math.sin(angle / LOBES)) / (angle * angle);
}
