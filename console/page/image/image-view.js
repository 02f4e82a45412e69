import { copyButton, element, setText } from "../shell/element.js";
import { bytes, fileNameOf, moment } from "../shell/format.js";
import { ask, imagePath } from "../shell/server.js";
import { showState, stateMark } from "../shell/state.js";
import { createComparison } from "./comparison.js";
import { createImageActions } from "./image-actions.js";
import { createLogLines } from "./log-lines.js";
import { createTimeline } from "./timeline.js";

/**
 * One image: pictures, record, what happened to it and what can be done with it.
 * @param {import("../shell/server.js").Context} context
 */
export function createImageView({ info, live }) {
  const view = new ImageView(info);
  live.on("images", (images) => images.some(({ imageId }) => imageId === view.imageId) && view.read());
  live.on("removed", (imageIds) => imageIds.includes(view.imageId ?? "") && view.read());
  live.on("journal", (imageIds) => imageIds.includes(view.imageId ?? "") && view.read());
  live.on("resumed", () => view.imageId && view.read());
  return {
    title: "Image",
    element: view.node,
    show: (/** @type {string[]} */ [imageId]) => view.open(imageId),
    hide: () => view.open(undefined),
    focusTarget: () => view.heading,
  };
}

class ImageView {
  imageId = /** @type {string | undefined} */ (undefined);
  #reading = false;
  #again = false;

  /** @param {import("../../server/wire").ConsoleInfo} info */
  constructor(info) {
    this.heading = element("h1", { tabIndex: -1 });
    this.mark = stateMark({ processingStatus: "" });
    this.facts = element("p", { className: "note" });
    this.reason = element("p", { className: "banner", hidden: true });
    this.actions = createImageActions(info);
    this.comparison = createComparison();
    this.timeline = createTimeline(info);
    this.logLines = createLogLines(info);
    this.recordText = createRecordText();
    this.content = element(
      "div",
      { className: "image-content" },
      this.reason,
      this.comparison.node,
      element("div", { className: "columns" }, this.timeline.node, this.recordText.node),
      this.logLines.node,
    );
    this.missing = element("p", { className: "empty", hidden: true });
    this.node = element(
      "article",
      { className: "image-view" },
      element("a", { className: "back", href: "#/" }, "← All images"),
      element(
        "header",
        { className: "heading" },
        element("div", {}, this.heading, element("p", { className: "line" }, this.mark, this.facts)),
        this.actions.node,
      ),
      this.missing,
      this.content,
    );
  }

  /** @param {string | undefined} imageId */
  open(imageId) {
    this.imageId = imageId;
    if (!imageId) return;
    this.content.hidden = true;
    this.missing.hidden = true;
    setText(this.heading, "…");
    void this.read();
  }

  /** Changes come several at once: one reading serves all that come while another runs. */
  async read() {
    this.#again = this.#reading;
    if (this.#reading) return;
    this.#reading = true;
    const { imageId = "" } = this;
    try {
      const answer = /** @type {import("../../server/wire").ImageDetails} */ (await ask(imagePath(imageId)));
      if (imageId === this.imageId) this.#show(answer);
    } catch (error) {
      if (imageId === this.imageId) this.#showMissing(error);
    }
    this.#reading = false;
    if (this.#again && this.imageId) void this.read();
  }

  /** @param {import("../../server/wire").ImageDetails} details */
  #show({ record, original, journal }) {
    this.content.hidden = false;
    this.missing.hidden = true;
    setText(this.heading, fileNameOf(record.originalKey));
    showState(this.mark, record);
    setText(this.facts, factsOf(record));
    const { errorCode, errorMessage } = record;
    this.reason.hidden = !errorCode && !errorMessage;
    this.reason.dataset.state = record.processingStatus;
    setText(this.reason, [errorCode, errorMessage].filter(Boolean).join(": "));
    this.actions.show(record);
    this.comparison.show(record, original);
    this.timeline.show(record, journal);
    this.logLines.show(record, journal);
    this.recordText.show(record);
  }

  /** @param {Error} error */
  #showMissing({ message }) {
    this.content.hidden = true;
    this.actions.hide();
    this.missing.hidden = false;
    setText(this.heading, "No such image");
    showState(this.mark, { processingStatus: "" });
    setText(this.facts, "");
    setText(this.missing, message === "no such image" ? "It was deleted, or its record has expired." : message);
  }
}

/** @param {import("../../../lambda-src/records/image-record").ImageRecord} record */
function factsOf({ userId, originalSize, width, height, format, timestamp }) {
  const size = width ? `${width} × ${height} px` : undefined;
  return [userId, moment(timestamp * 1000), format?.toUpperCase(), size, bytes(originalSize)]
    .filter(Boolean)
    .join(" · ");
}

/** The record as the table has it. */
function createRecordText() {
  const code = element("code");
  const node = element(
    "section",
    { className: "card record", "aria-labelledby": "record-title" },
    element(
      "div",
      { className: "heading" },
      element("h2", { id: "record-title" }, "Record"),
      copyButton(() => code.textContent ?? ""),
    ),
    element("pre", { tabIndex: 0, role: "region", "aria-labelledby": "record-title" }, code),
  );
  return { node, show: (/** @type {object} */ record) => setText(code, JSON.stringify(record, null, 2)) };
}
