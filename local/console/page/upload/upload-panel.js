import { announce } from "../shell/announce.js";
import { element, setText } from "../shell/element.js";
import { bytes, count } from "../shell/format.js";
import { filesOf, filesOfInput, isMeant } from "./dropped-files.js";
import { UploadQueue } from "./upload-queue.js";
import { uploadSnippet } from "./upload-snippet.js";

const FAILED_SHOWN = 20;
const USER_KEY = "user";

/** Where photos go in: drop, paste or pick; with what is under way. */
export function createUploadPanel(info) {
  const queue = new UploadQueue();
  const user = element("input", {
    name: "user",
    autocomplete: "off",
    spellcheck: false,
    required: true,
    maxLength: 64,
    pattern: "[A-Za-z0-9_\\-]{1,64}",
    title: "1 to 64 letters, digits, - and _",
    value: localStorage.getItem(USER_KEY) ?? "alice",
  });
  user.addEventListener("change", () => localStorage.setItem(USER_KEY, user.value));

  const add = (found) => {
    if (!user.reportValidity() || found.length === 0) return;
    const meant = found.filter(isMeant);
    const left = found.length - meant.length;
    setText(note, left ? `${count(left)} other files in the folder were left out.` : "");
    queue.add(meant, user.value);
  };
  const note = element("p", { className: "note" });
  const files = picker({ multiple: true, accept: "image/*" }, add);
  const folder = picker({ webkitdirectory: true, multiple: true }, add);
  const panel = element(
    "section",
    { className: "card upload", "aria-labelledby": "upload-title" },
    element("h2", { id: "upload-title" }, "Upload"),
    element("label", { className: "field" }, "User", user),
    element(
      "div",
      { className: "drop" },
      element("p", {}, "Drop or paste photos anywhere on this page"),
      element(
        "div",
        { className: "actions" },
        button("Choose photos", "primary", () => files.click()),
        button("Folder", "", () => folder.click()),
      ),
    ),
    note,
    progressOf(queue),
    uploadSnippet(info),
  );
  takeDrops(add);
  return panel;
}

function button(text, kind, onclick) {
  return element("button", { className: `button ${kind}`, type: "button", onclick }, text);
}

function picker(properties, add) {
  const input = element("input", { type: "file", ...properties });
  input.addEventListener("change", () => {
    add(filesOfInput(input));
    input.value = "";
  });
  return input;
}

function takeDrops(add) {
  const { classList } = document.body;
  // Entering a child comes before leaving its parent.
  let depth = 0;
  const carriesFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
  document.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (carriesFiles(event) && --depth <= 0) classList.remove("dropping");
  });
  document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    classList.remove("dropping");
    add(await filesOf(event.dataTransfer));
  });
  document.addEventListener("paste", async ({ clipboardData }) => {
    if (clipboardData?.files.length) add(await filesOf(clipboardData));
  });
}

/** The bars. Rows are made once for each upload under way, and only their values change. */
function progressOf(queue) {
  const total = element("progress", { max: 1, "aria-label": "All uploads" });
  const summary = element("p", { className: "summary" });
  const running = element("ul", { className: "transfers" });
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
  const area = element("div", { className: "progress", hidden: true }, summary, total, running, failures);
  const rows = new Map();
  let finished = true;

  const show = () => {
    const state = queue.state;
    area.hidden = state.total === 0;
    total.value = state.total ? state.done / state.total : 0;
    setText(summary, summaryOf(state));
    showRows(running, rows, state.running);
    failures.hidden = state.failed.length === 0;
    failed.replaceChildren(...state.failed.slice(0, FAILED_SHOWN).map((item) => failedRow(item, queue)));
    const over = state.waiting === 0 && state.running.length === 0;
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

function summaryOf({ done, total, failed }) {
  const files = total === 1 ? "1 file" : `${count(total)} files`;
  const failures = failed.length ? `, ${count(failed.length)} failed` : "";
  return `${count(done)} of ${files} uploaded${failures}`;
}

function showRows(list, rows, items) {
  for (const [item, row] of rows) {
    if (items.includes(item)) continue;
    row.node.remove();
    rows.delete(item);
  }
  for (const item of items) {
    if (!rows.has(item)) rows.set(item, addRow(list, item));
    rows.get(item).bar.value = item.share;
  }
}

function addRow(list, { path, file }) {
  const bar = element("progress", { max: 1, "aria-label": path });
  const name = element("span", { className: "name" }, path);
  const node = element("li", {}, name, element("span", { className: "note" }, bytes(file.size)), bar);
  list.append(node);
  return { node, bar };
}

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
