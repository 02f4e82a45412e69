/**
 * Images newest first, each once, whatever way they come: pages of the index and live changes overlap.
 */
export class ImageList {
  #byId = new Map();
  #sorted = [];

  get items() {
    return this.#sorted;
  }

  get(imageId) {
    return this.#byId.get(imageId);
  }

  clear() {
    this.#byId.clear();
    this.#sorted = [];
  }

  /** A page of the index. What is known already came later, live. */
  addPage(images) {
    const fresh = images.filter(({ imageId }) => !this.#byId.has(imageId));
    for (const image of fresh) this.#byId.set(image.imageId, image);
    this.#sorted = [...this.#sorted, ...fresh].sort(newestFirst);
  }

  /** One image as it is now. */
  put(image) {
    const known = this.#byId.get(image.imageId);
    this.#byId.set(image.imageId, image);
    if (known && known.timestamp === image.timestamp) this.#sorted[this.#indexOf(image)] = image;
    else this.#sorted.splice(this.#indexOf(image), 0, image);
  }

  remove(imageId) {
    const known = this.#byId.get(imageId);
    if (!known) return;
    this.#byId.delete(imageId);
    this.#sorted.splice(this.#indexOf(known), 1);
  }

  /** Where the image is, or would be. */
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

function newestFirst(a, b) {
  if (a.timestamp !== b.timestamp) return b.timestamp - a.timestamp;
  return a.imageId < b.imageId ? -1 : Number(a.imageId > b.imageId);
}
