import type { RenderedImage } from "./images/render-image";

/**
 * Image work that nobody waits for any more. libvips cannot be interrupted: a decode that outlives the deadline keeps its thread,
 * and four of them would leave every later image of the same process waiting for ever.
 */
export class OutstandingWork {
  #images = 0;

  get any(): boolean {
    return this.#images > 0;
  }

  /** Counts the image until its last preview is settled. */
  async during(work: Promise<RenderedImage>): Promise<RenderedImage> {
    this.#images += 1;
    const everything = work.then((image) => Promise.allSettled([image.placeholder, ...image.previews]));
    everything.then(
      () => this.#end(),
      () => this.#end(),
    );
    return work;
  }

  #end(): void {
    this.#images -= 1;
  }
}
