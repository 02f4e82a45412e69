import sharp, { type Sharp } from "sharp";
import type { Pixels } from "./pixels";
import type { Dimensions } from "./preview-dimensions";
import { sourceOf, stepsBetween } from "./preview-sources";

/** Scales one base to several dimensions, each from the nearest larger one that is good enough. Ask for the largest first. */
export class Cascade {
  readonly #kept = new Map<Dimensions, Pixels>();
  /** Previews that something is scaled from. */
  readonly #sources: ReadonlySet<Dimensions | undefined>;

  constructor(
    private readonly base: Pixels,
    private readonly previews: readonly Dimensions[],
  ) {
    this.#sources = new Set(previews.map((target) => sourceOf(target, previews, base)));
  }

  /** The smallest whole image at hand: the base, or the last preview that was kept. */
  get smallest(): Pixels {
    return [...this.#kept.values()].at(-1) ?? this.base;
  }

  /** One of the previews, ready to be encoded. */
  async scale(target: Dimensions): Promise<Sharp> {
    const source = sourceOf(target, this.previews, this.base);
    let pixels = (source && this.#kept.get(source)) ?? this.base;
    const steps = stepsBetween(pixels, target);
    for (const step of steps.slice(0, -1)) pixels = await scaled(pixels, step);
    if (!this.#sources.has(target)) return scaling(pixels, target);
    const kept = await scaled(pixels, target);
    this.#kept.set(target, kept);
    return sharp(kept.data, { raw: kept });
  }
}

const scaling = (pixels: Pixels, { width, height }: Dimensions): Sharp =>
  sharp(pixels.data, { raw: pixels }).resize({ width, height, fit: "fill" });

async function scaled(pixels: Pixels, { width, height }: Dimensions): Promise<Pixels> {
  const data = await scaling(pixels, { width, height }).raw().toBuffer();
  return { data, width, height, channels: pixels.channels };
}
