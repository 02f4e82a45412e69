/**
 * @typedef {import("../../../lambda-src/records/image-record").ImageRecord} ImageRecord
 * @typedef {{node: HTMLElement, update: (item: ImageRecord) => void}} NewCell
 * @typedef {NewCell & {item: ImageRecord, index?: number, total?: number}} Cell
 * @typedef {{columns: number, cellWidth: number, cellHeight: number, stepX: number, stepY: number}} Geometry
 * @typedef {{minimumWidth: number, gap: number, captionHeight: number, aspectRatio: number,
 *   createCell: (item: ImageRecord) => NewCell, onNearEnd: () => void}} GridOptions
 */

const OVERSCAN_ROWS = 2;

/**
 * A grid of equal cells of which only those near the window exist in the page: ten thousand images cost no more than
 * fifty. `createCell(item)` returns `{node, update(item)}`; `onNearEnd` is called when the last rows come into sight.
 */
export class VirtualGrid {
  #list;
  #options;
  #items = /** @type {readonly ImageRecord[]} */ ([]);
  #cells = /** @type {Map<string, Cell>} */ (new Map());
  #total = -1;
  #scheduled = false;
  #geometry = /** @type {Geometry | undefined} */ (undefined);

  /**
   * @param {HTMLElement} list
   * @param {GridOptions} options
   */
  constructor(list, options) {
    this.#list = list;
    this.#options = options;
    addEventListener("scroll", () => this.schedule(), { passive: true });
    new ResizeObserver(() => {
      this.#geometry = undefined;
      for (const cell of this.#cells.values()) cell.index = undefined;
      this.schedule();
    }).observe(list);
  }

  /**
   * @param {readonly ImageRecord[]} items
   * @param {number} total how many there are in all, for screen readers; -1 when nobody knows
   */
  show(items, total) {
    this.#items = items;
    this.#total = total;
    this.schedule();
  }

  /** Writes what changes by itself, such as ages. */
  refresh() {
    for (const cell of this.#cells.values()) cell.update(cell.item);
  }

  /** At most once a frame, however many changes come. */
  schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      if (this.#list.offsetParent) this.#render();
    });
  }

  /** @returns {Geometry} */
  #measure() {
    const { minimumWidth, gap, captionHeight, aspectRatio } = this.#options;
    const width = this.#list.clientWidth;
    const columns = Math.max(Math.floor((width + gap) / (minimumWidth + gap)), 2);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = cellWidth / aspectRatio + captionHeight;
    return { columns, cellWidth, cellHeight, stepX: cellWidth + gap, stepY: cellHeight + gap };
  }

  #render() {
    this.#geometry ??= this.#measure();
    const { columns, stepY } = this.#geometry;
    const rows = Math.ceil(this.#items.length / columns);
    this.#list.style.height = `${Math.max(rows * stepY - this.#options.gap, 0)}px`;
    const above = -this.#list.getBoundingClientRect().top;
    const first = Math.max(Math.floor(above / stepY) - OVERSCAN_ROWS, 0) * columns;
    const last = Math.min((Math.ceil((above + innerHeight) / stepY) + OVERSCAN_ROWS) * columns, this.#items.length);
    this.#showCells(this.#wanted(first, last));
    if (last >= this.#items.length - columns * OVERSCAN_ROWS) this.#options.onNearEnd();
  }

  /**
   * Index to item of what must exist: what can be seen, and what has the focus.
   * @param {number} first
   * @param {number} last
   */
  #wanted(first, last) {
    const wanted = /** @type {Map<string, number>} */ (new Map());
    for (let index = first; index < last; index++) wanted.set(this.#items[index].imageId, index);
    const focusedCell = /** @type {HTMLElement | null | undefined} */ (
      document.activeElement?.closest("[data-image-id]")
    );
    const focused = focusedCell?.dataset.imageId;
    if (focused && this.#cells.has(focused) && !wanted.has(focused)) {
      const index = this.#items.findIndex(({ imageId }) => imageId === focused);
      if (index >= 0) wanted.set(focused, index);
    }
    return [...wanted.values()].sort((a, b) => a - b);
  }

  /** @param {readonly number[]} indexes */
  #showCells(indexes) {
    const ids = new Set(indexes.map((index) => this.#items[index].imageId));
    for (const [id, { node }] of this.#cells) {
      if (ids.has(id)) continue;
      node.remove();
      this.#cells.delete(id);
    }
    let next = this.#list.firstElementChild;
    for (const index of indexes) {
      const cell = this.#cellOf(this.#items[index]);
      if (cell.index !== index || cell.total !== this.#total) this.#place(cell, index);
      // A node that stays where it is keeps the focus.
      if (cell.node === next) next = next.nextElementSibling;
      else this.#list.insertBefore(cell.node, next);
    }
  }

  /**
   * @param {ImageRecord} item
   * @returns {Cell}
   */
  #cellOf(item) {
    const known = this.#cells.get(item.imageId);
    if (known) {
      if (known.item !== item) known.update(item);
      known.item = item;
      return known;
    }
    const cell = { ...this.#options.createCell(item), item };
    cell.node.dataset.imageId = item.imageId;
    this.#cells.set(item.imageId, cell);
    return cell;
  }

  /**
   * @param {Cell} cell
   * @param {number} index
   */
  #place(cell, index) {
    this.#geometry ??= this.#measure();
    const { columns, cellWidth, cellHeight, stepX, stepY } = this.#geometry;
    const { node } = cell;
    const { style } = node;
    cell.index = index;
    cell.total = this.#total;
    style.width = `${cellWidth}px`;
    style.height = `${cellHeight}px`;
    style.transform = `translate(${(index % columns) * stepX}px, ${Math.floor(index / columns) * stepY}px)`;
    node.setAttribute("aria-posinset", String(index + 1));
    node.setAttribute("aria-setsize", String(this.#total));
  }
}
