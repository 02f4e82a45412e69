import { announce, element, setText } from "../shell/element.js";
import { count } from "../shell/format.js";
import { ask } from "../shell/server.js";
import { createUploadPanel } from "../upload/upload-panel.js";
import { createFilters } from "./filters.js";
import { createImageCard } from "./image-card.js";
import { ImageList } from "./image-list.js";
import { VirtualGrid } from "./virtual-grid.js";

/** @typedef {import("../../../lambda-src/records/image-record").ImageRecord} ImageRecord */

const PAGE_SIZE = 60;
const AGES_INTERVAL_MS = 30_000;
const GRID = { minimumWidth: 164, gap: 16, captionHeight: 56, aspectRatio: 4 / 3 };
/** From here on new images wait above: what is being looked at stays where it is. */
const HOLD_BELOW_PX = 300;

/**
 * All images, newest first, live.
 * @param {import("../shell/server.js").Context} context
 */
export function createGalleryView({ info, live }) {
  const gallery = new Gallery(live);
  const side = element("div", { className: "side" });
  if (info.local) side.append(createUploadPanel(info));
  side.append(gallery.filters.node);
  return {
    title: "Images",
    element: element("div", { className: "gallery-view" }, side, gallery.node),
    show: () => gallery.show(),
  };
}

class Gallery {
  #images = new ImageList();
  /** New ones that came while the person looked at older ones. */
  #held = /** @type {Map<string, ImageRecord>} */ (new Map());
  #filter = /** @type {import("./filters.js").Filter} */ ({});
  /** Null behind the last page. */
  #cursor = /** @type {string | null | undefined} */ (undefined);
  #reading = /** @type {AbortController | undefined} */ (undefined);
  #failed = false;

  /** @param {import("../shell/server.js").Live} live */
  constructor(live) {
    this.filters = createFilters((filter) => {
      this.#filter = filter;
      this.#restart();
    });
    this.list = element("ul", { className: "grid", role: "list", "aria-label": "Images" });
    this.empty = element("p", { className: "empty", hidden: true });
    this.news = element("button", { className: "button primary news", type: "button", hidden: true });
    this.news.addEventListener("click", () => {
      scrollTo(0, 0);
      this.#release();
    });
    this.trouble = element("p", { className: "trouble", role: "alert" });
    this.more = element("button", { className: "button", type: "button", hidden: true }, "Try again");
    this.more.addEventListener("click", () => void this.#readMore(true));
    this.node = element(
      "section",
      { className: "gallery", "aria-labelledby": "gallery-title" },
      element("h1", { id: "gallery-title", className: "unseen" }, "Images"),
      this.news,
      this.empty,
      this.list,
      this.trouble,
      this.more,
    );
    this.grid = new VirtualGrid(this.list, {
      ...GRID,
      createCell: createImageCard,
      onNearEnd: () => void this.#readMore(),
    });
    setInterval(() => this.grid.refresh(), AGES_INTERVAL_MS);
    live.on("images", (images) => this.#receive(images));
    live.on("removed", (imageIds) => this.#remove(imageIds));
    live.on("counts", (counts) => this.filters.showCounts(counts));
    live.on("resumed", () => this.#restart());
    addEventListener("scroll", () => this.#held.size > 0 && !this.#holding && this.#release(), { passive: true });
    this.#restart();
  }

  show() {
    this.grid.schedule();
  }

  get #holding() {
    return !this.node.parentElement?.hidden && this.list.getBoundingClientRect().top < -HOLD_BELOW_PX;
  }

  #restart() {
    this.#reading?.abort();
    this.#reading = undefined;
    this.#cursor = undefined;
    this.#images.clear();
    this.#held.clear();
    void this.#readMore(true);
  }

  /** After a failure only the button goes on: every scroll would ask again otherwise. */
  async #readMore(again = false) {
    if (this.#reading || this.#cursor === null || (this.#failed && !again)) return;
    const reading = new AbortController();
    this.#reading = reading;
    try {
      const answer = await ask(`/api/images?${this.#query()}`, { signal: reading.signal });
      const { images, cursor } = /** @type {import("../../server/wire").ImagesPage} */ (answer);
      this.#cursor = cursor ?? null;
      this.#images.addPage(images);
      this.#showFailure(undefined);
    } catch (error) {
      if (reading.signal.aborted) return;
      this.#showFailure(error);
    }
    this.#reading = undefined;
    this.#update();
  }

  /** @param {Error | undefined} error */
  #showFailure(error) {
    this.#failed = Boolean(error);
    this.more.hidden = !error;
    setText(this.trouble, error ? `The images could not be read: ${error.message}` : "");
  }

  #query() {
    const { state, user } = this.#filter;
    const parameters = { limit: PAGE_SIZE, state, user, cursor: this.#cursor };
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
    return new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  }

  /** @param {ImageRecord} image */
  #matches({ processingStatus, userId }) {
    const { state, user } = this.#filter;
    return (!state || state === processingStatus) && (!user || user === userId);
  }

  /** @param {readonly ImageRecord[]} images */
  #receive(images) {
    const holding = this.#holding;
    for (const image of images) {
      const known = this.#images.get(image.imageId);
      if (!this.#matches(image)) {
        this.#images.remove(image.imageId);
        this.#held.delete(image.imageId);
      } else if (known || !this.#belowEnd(image)) {
        if (!known && holding) this.#held.set(image.imageId, image);
        else this.#images.put(image);
      }
    }
    this.#update();
  }

  /**
   * Older than what was read so far: it comes with its page.
   * @param {ImageRecord} image
   */
  #belowEnd({ timestamp }) {
    const last = this.#images.items.at(-1);
    return this.#cursor !== null && last !== undefined && timestamp < last.timestamp;
  }

  /** @param {readonly string[]} imageIds */
  #remove(imageIds) {
    for (const imageId of imageIds) {
      this.#images.remove(imageId);
      this.#held.delete(imageId);
    }
    this.#update();
  }

  #release() {
    for (const image of this.#held.values()) this.#images.put(image);
    if (this.#held.size > 0) announce(`${count(this.#held.size)} new images shown`);
    this.#held.clear();
    this.#update();
  }

  #update() {
    const { items } = this.#images;
    const complete = this.#cursor === null;
    this.grid.show(items, complete ? items.length : -1);
    this.empty.hidden = items.length > 0 || !complete;
    setText(this.empty, this.#emptyText());
    this.news.hidden = this.#held.size === 0;
    setText(this.news, this.#held.size === 1 ? "↑ 1 new image" : `↑ ${count(this.#held.size)} new images`);
  }

  #emptyText() {
    const { state, user } = this.#filter;
    if (state || user) return "No image like this.";
    return "No images yet. Drop a photo anywhere on this page.";
  }
}
