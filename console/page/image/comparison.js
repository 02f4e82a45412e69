import { drawPlaceholder, previewAddress, previewsOf } from "../gallery/previews.js";
import { element, setText } from "../shell/element.js";
import { bytes, saving } from "../shell/format.js";
import { imagePath } from "../shell/server.js";

/**
 * @typedef {import("../../../lambda-src/records/image-record").ImageRecord} ImageRecord
 * @typedef {ReturnType<typeof previewsOf>[number]} Preview
 * @typedef {{width?: number, height?: number, bytes?: number, contentType?: string}} Picture
 * @typedef {{record: ImageRecord, address?: string, title: string, size?: string, natural?: {width?: number}, absence: string}} Pane
 */

const SHAPE_UNKNOWN = "4 / 3";

/** The original beside one of its previews, and a list of all of them to choose from. */
export function createComparison() {
  const original = createPane("Original");
  const preview = createPane("Preview");
  const choices = element("fieldset", { className: "choices" });
  let shown = "";
  /** @type {string | undefined} */
  let chosen;
  const node = element(
    "section",
    { className: "card comparison", "aria-labelledby": "pictures-title" },
    element("h2", { id: "pictures-title", className: "unseen" }, "Pictures"),
    element("div", { className: "panes" }, original.node, preview.node),
    choices,
  );

  /**
   * @param {ImageRecord} record
   * @param {string | undefined} name
   */
  const choose = (record, name) => {
    chosen = name;
    const found = previewsOf(record).find((candidate) => candidate.name === name);
    preview.show({
      record,
      address: found && previewAddress(record, found.name),
      title: found ? `Preview ${found.name}` : "Preview",
      size: found && describe(found),
      natural: found,
      absence: record.processingStatus === "failed" ? "There are no previews." : "There are no previews yet.",
    });
  };

  return {
    node,
    /**
     * @param {ImageRecord} record
     * @param {import("../../server/wire").OriginalState} original
     */
    show(record, { present, contentType }) {
      const state = JSON.stringify([record, present, contentType]);
      if (state === shown) return;
      shown = state;
      original.show({
        record,
        address: contentType && `${imagePath(record.imageId)}/original`,
        title: "Original",
        natural: record,
        size: describe({
          ...record,
          bytes: record.originalSize,
          contentType: record.format && `image/${record.format}`,
        }),
        absence: present ? absenceOf(record) : "The original was deleted or overwritten.",
      });
      const previews = previewsOf(record);
      const name = previews.some((candidate) => candidate.name === chosen) ? chosen : previews.at(-1)?.name;
      choices.hidden = previews.length === 0;
      choices.replaceChildren(
        element("legend", { className: "unseen" }, "Preview beside the original"),
        ...previews.map((candidate) =>
          choiceOf(record, candidate, candidate.name === name, () => choose(record, candidate.name)),
        ),
      );
      choose(record, name);
    },
  };
}

/** @param {ImageRecord} record */
const absenceOf = ({ format }) =>
  format ? `Browsers do not show ${format.toUpperCase()}; the previews do.` : "This is no image that a browser shows.";

/** @param {Picture} picture */
const describe = ({ width, height, bytes: size, contentType }) =>
  [width && `${width} × ${height} px`, bytes(size), contentType?.replace("image/", "").toUpperCase()]
    .filter(Boolean)
    .join(" · ");

/**
 * @param {ImageRecord} record
 * @param {Preview} preview
 * @param {boolean} checked
 * @param {() => void} onChoice
 */
function choiceOf(record, preview, checked, onChoice) {
  const input = element("input", { type: "radio", name: "preview", checked, onchange: onChoice });
  return element(
    "label",
    {},
    input,
    element("span", { className: "name" }, preview.name),
    element("span", { className: "number" }, preview.width ? `${preview.width} × ${preview.height} px` : ""),
    element("span", { className: "number" }, bytes(preview.bytes)),
    element("span", { className: savingClass(record, preview) }, saving(record.originalSize, preview.bytes)),
  );
}

/**
 * @param {ImageRecord} record
 * @param {Preview} preview
 */
const savingClass = ({ originalSize = 0 }, { bytes: size = 0 }) => (size < originalSize ? "number saving" : "number");

/** @param {string} name */
function createPane(name) {
  const canvas = element("canvas", { width: 32, height: 24, "aria-hidden": "true" });
  const picture = element("img", { decoding: "async" });
  const absence = element("p", { className: "note" });
  const frame = element("div", { className: "frame" }, canvas, picture, absence);
  const title = element("span", { className: "name" }, name);
  const size = element("span", { className: "note" });
  picture.addEventListener("load", () => {
    canvas.hidden = true;
  });
  return {
    node: element("figure", {}, frame, element("figcaption", {}, title, size)),
    /** @param {Pane} pane */
    show(pane) {
      const { record, address, natural } = pane;
      frame.style.aspectRatio = record.width ? `${record.width} / ${record.height}` : SHAPE_UNKNOWN;
      setText(title, pane.title);
      setText(size, pane.size ?? "");
      setText(absence, address ? "" : pane.absence);
      picture.hidden = !address;
      picture.alt = address ? `${pane.title} of ${record.originalKey}` : "";
      picture.style.maxWidth = natural?.width ? `${natural.width}px` : "";
      if (!address) {
        canvas.hidden = true;
        picture.removeAttribute("src");
      } else if (picture.getAttribute("src") !== address) {
        canvas.hidden = false;
        canvas.style.maxWidth = picture.style.maxWidth;
        drawPlaceholder(canvas, record.placeholder);
        picture.src = address;
      }
    },
  };
}
