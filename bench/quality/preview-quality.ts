import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WorkerProcess } from "../workers/worker-process";
import { type Pixels, psnr, readPixels, ssim } from "./image-difference";
import { downscale } from "./lanczos";

/** Of the previews of one image, in the order of the boxes. */
export interface PreviewQuality {
  /** Against Lanczos from the full resolution, dB. */
  readonly psnr: readonly number[];
  readonly ssim: readonly number[];
  /** What came out, because not everyone rounds alike. */
  readonly dimensions: readonly string[];
}

/** Judges previews of one image against the truth, which is computed once for each size. */
export class PreviewJudge {
  readonly #truths = new Map<string, Pixels>();
  #original: Promise<Pixels> | undefined;

  constructor(
    private readonly file: string,
    private readonly boxes: readonly string[],
  ) {}

  /**
   * The previews as PNG, so that it is the scaling that is judged and not the encoder.
   * @throws {Error} when the candidate cannot render the image
   */
  async judge(command: readonly string[]): Promise<PreviewQuality> {
    const directory = mkdtempSync(join(tmpdir(), "bench-quality-"));
    try {
      const worker = await WorkerProcess.start([...command, this.file, "png", this.boxes.join(",")]);
      await worker.write(directory).finally(() => worker.stop());
      const previews = await Promise.all(this.boxes.map((_, index) => readPixels(join(directory, String(index)))));
      return await this.#compare(previews);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  async #compare(previews: readonly Pixels[]): Promise<PreviewQuality> {
    const truths: Pixels[] = [];
    for (const preview of previews) truths.push(await this.#truth(preview));
    const against = (measure: (image: Pixels, truth: Pixels) => number): number[] =>
      previews.map((preview, index) => measure(preview, truths[index] ?? preview));
    return {
      psnr: against(psnr),
      ssim: against(ssim),
      dimensions: previews.map(({ width, height }) => `${width}x${height}`),
    };
  }

  async #truth({ width, height }: Pixels): Promise<Pixels> {
    const size = `${width}x${height}`;
    const known = this.#truths.get(size);
    if (known) return known;
    this.#original ??= readPixels(this.file);
    const truth = downscale(await this.#original, { width, height });
    this.#truths.set(size, truth);
    return truth;
  }
}
