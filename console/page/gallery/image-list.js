/**
 * Images newest first, each once, whatever way they come: pages of the index and live changes overlap.
 */
/** @typedef {import("../../../lambda-src/records/image-record").ImageRecord} ImageRecord */

export class ImageList {
  /** @type {Map<string, ImageRecord>} */
  #byId = new Map();
  /** A page that was read before they went may still come. */
  #gone = /** @type {Set<string>} */ (new Set());
  #sorted = /** @type {ImageRecord[]} */ ([]);

  get items() {
    return this.#sorted;
  }

  /** @param {string} imageId */
  get(imageId) {
    return this.#byId.get(imageId);
  }

  clear() {
    this.#byId.clear();
    this.#gone.clear();
    this.#sorted = [];
  }

  /**
   * A page of the index. What is known already came later, live.
   * @param {readonly ImageRecord[]} images
   */
  addPage(images) {
    const fresh = images.filter(({ imageId }) => !this.#byId.has(imageId) && !this.#gone.has(imageId));
    for (const image of fresh) this.#byId.set(image.imageId, image);
    this.#sorted = [...this.#sorted, ...fresh].sort(newestFirst);
  }

  /**
   * One image as it is now.
   * @param {ImageRecord} image
   */
  put(image) {
    const known = this.#byId.get(image.imageId);
    if (known && known.timestamp !== image.timestamp) this.#takeOut(known);
    const isKnown = this.#byId.has(image.imageId);
    this.#gone.delete(image.imageId);
    this.#byId.set(image.imageId, image);
    this.#sorted.splice(this.#indexOf(image), isKnown ? 1 : 0, image);
  }

  /** @param {string} imageId */
  remove(imageId) {
    const known = this.#byId.get(imageId);
    this.#gone.add(imageId);
    if (known) this.#takeOut(known);
  }

  /** @param {ImageRecord} known */
  #takeOut(known) {
    this.#sorted.splice(this.#indexOf(known), 1);
    this.#byId.delete(known.imageId);
  }

  /**
   * Where the image is, or would be.
   * @param {ImageRecord} image
   */
  #indexOf(image) {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (newestFirst(this.#sorted[middle], image) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * @param {ImageRecord} a
 * @param {ImageRecord} b
 */
function newestFirst(a, b) {
  if (a.timestamp !== b.timestamp) return b.timestamp - a.timestamp;
  return a.imageId < b.imageId ? -1 : Number(a.imageId > b.imageId);
}
