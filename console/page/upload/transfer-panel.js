import { announce, element, setText } from "../shell/element.js";
import { bytes, count } from "../shell/format.js";
import { AT_ONCE } from "./upload-queue.js";

/** @typedef {import("./upload-queue.js").Transfer} Transfer */

const FAILED_SHOWN = 20;

/**
 * What is under way, in a corner of the window.
 * @param {import("./upload-queue.js").UploadQueue} queue
 */
export function createTransferPanel(queue) {
  const total = element("progress", { max: 1, "aria-label": "All uploads" });
  const summary = element("p", { className: "summary" });
  const slots = Array.from({ length: AT_ONCE }, createSlot);
  const running = element("ul", { className: "transfers" }, ...slots.map(({ node }) => node));
  const failed = element("ul", { className: "transfers" });
  const retry = element("button", { className: "link", type: "button", onclick: () => queue.retryAll() }, "Retry all");
  const forget = element(
    "button",
    { className: "link", type: "button", onclick: () => queue.forgetFailed() },
    "Dismiss",
  );
  const failures = element(
    "div",
    { className: "failures" },
    failed,
    element("p", { className: "actions" }, retry, forget),
  );
  const close = element("button", { className: "link", type: "button", hidden: true }, "Close");
  const area = element(
    "section",
    { className: "card progress", hidden: true, "aria-label": "Uploads" },
    element("div", { className: "progress-head" }, summary, close),
    total,
    running,
    failures,
  );
  close.addEventListener("click", () => {
    area.hidden = true;
  });
  let finished = true;

  const show = () => {
    const state = queue.state;
    total.value = state.total ? state.done / state.total : 0;
    setText(summary, summaryOf(state));
    showRows(slots, state.running);
    failures.hidden = state.failed.length === 0;
    failed.replaceChildren(...state.failed.slice(0, FAILED_SHOWN).map((item) => failedRow(item, queue)));
    const over = state.waiting === 0 && state.running.length === 0;
    if (!over) area.hidden = false;
    running.hidden = over;
    close.hidden = !over;
    if (over && !finished) announce(summaryOf(state));
    finished = over;
  };
  let scheduled = false;
  queue.addEventListener("change", () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      show();
    });
  });
  return area;
}

/** @param {Pick<import("./upload-queue.js").UploadQueue["state"], "done" | "total" | "failed">} state */
function summaryOf({ done, total, failed }) {
  const files = total === 1 ? "1 file" : `${count(total)} files`;
  const failures = failed.length ? `, ${count(failed.length)} failed` : "";
  return `${count(done)} of ${files} uploaded${failures}`;
}

/**
 * Each upload keeps its place, and the next one takes a place that became free: nothing moves.
 * @param {readonly ReturnType<typeof createSlot>[]} slots
 * @param {readonly Transfer[]} items
 */
function showRows(slots, items) {
  for (const slot of slots) if (!slot.item || !items.includes(slot.item)) slot.show(undefined);
  for (const item of items) {
    const slot = slots.find((taken) => taken.item === item) ?? slots.find((free) => !free.item);
    slot?.show(item);
  }
}

function createSlot() {
  const bar = element("progress", { max: 1 });
  const name = element("span", { className: "name" });
  const size = element("span", { className: "note" });
  const node = element("li", {}, name, size, bar);
  const slot = {
    node,
    item: /** @type {Transfer | undefined} */ (undefined),
    /** @param {Transfer | undefined} item */
    show(item) {
      slot.item = item;
      node.classList.toggle("free", !item);
      if (!item) return;
      setText(name, item.path);
      setText(size, bytes(item.file.size));
      bar.setAttribute("aria-label", item.path);
      bar.value = item.share;
    },
  };
  return slot;
}

/**
 * @param {Transfer} item
 * @param {import("./upload-queue.js").UploadQueue} queue
 */
function failedRow(item, queue) {
  const retry = element("button", { className: "link", type: "button", onclick: () => queue.retry(item) }, "Retry");
  retry.setAttribute("aria-label", `Retry ${item.path}`);
  return element(
    "li",
    {},
    element("span", { className: "name" }, item.path),
    retry,
    element("span", { className: "note trouble" }, item.error),
  );
}
