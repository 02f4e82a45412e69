import { type Dimensions, fitInside } from "./preview-dimensions";

/**
 * Scaling twice blurs twice, unless the second step has enough to drop. From here on a preview was never further from Lanczos
 * over the whole original than one with a pipeline of its own (`npm run bench:quality`).
 */
const MIN_STEP = 1.5;

/** From here on libvips averages boxes of pixels before it filters, which is quicker and worse. */
const AVERAGING_STEP = 4;

/** As many as the largest preview can have: no list of sizes makes the base larger than a single one can. */
const MAX_BASE_PIXELS = 4096 * 4096;

/**
 * How large to decode an image of which `previews` are to be made: as the largest of them, or larger where others come so close
 * to it, or to the original, that they would suffer from a second step.
 * @returns dimensions between those of the largest preview and the original's
 */
export function baseDimensions(original: Dimensions, previews: readonly Dimensions[]): Dimensions {
  const largest = previews.reduce((a, b) => (pixelsOf(b) > pixelsOf(a) ? b : a));
  const smaller = previews.filter((preview) => stepBetween(largest, preview) > 1);
  const crowded = smaller.some((preview) => stepBetween(largest, preview) < MIN_STEP);
  // What has a step of its own between the original and itself.
  const secondary = crowded ? previews : smaller;
  const nearOriginal = secondary.some((preview) => stepBetween(original, preview) < AVERAGING_STEP);
  if (nearOriginal && pixelsOf(original) <= MAX_BASE_PIXELS) return original;
  if (!crowded) return largest;
  const factor = Math.max(1, Math.min(MIN_STEP, Math.sqrt(MAX_BASE_PIXELS / pixelsOf(largest))));
  return fitInside(original, {
    width: Math.round(largest.width * factor),
    height: Math.round(largest.height * factor),
  });
}

/**
 * The dimensions to go through from one to the other, the last ones included, so that no step is long enough for libvips to
 * average.
 */
export function stepsBetween(from: Dimensions, to: Dimensions): readonly Dimensions[] {
  const step = stepBetween(from, to);
  const count = Math.max(1, Math.floor(Math.log(step) / Math.log(AVERAGING_STEP)) + 1);
  const between = Array.from({ length: count - 1 }, (_, index) => {
    const factor = step ** ((count - 1 - index) / count);
    return { width: Math.round(to.width * factor), height: Math.round(to.height * factor) };
  });
  return [...between, to];
}

/**
 * What `target` is scaled from: `undefined`, the base, where one step of Lanczos leads there, and otherwise the smallest of the
 * previews that is far enough above it.
 */
export function sourceOf<T extends Dimensions>(
  target: Dimensions,
  previews: readonly T[],
  base: Dimensions,
): T | undefined {
  if (stepBetween(base, target) < AVERAGING_STEP) return undefined;
  return previews
    .filter((preview) => stepBetween(preview, target) >= MIN_STEP)
    .reduce<T | undefined>(
      (smallest, preview) => (smallest && pixelsOf(smallest) <= pixelsOf(preview) ? smallest : preview),
      undefined,
    );
}

export const pixelsOf = ({ width, height }: Dimensions): number => width * height;

/** All have the same proportions: their longer sides say how far apart they are, and are rounded the least. */
const stepBetween = (from: Dimensions, to: Dimensions): number =>
  Math.max(from.width, from.height) / Math.max(to.width, to.height);
