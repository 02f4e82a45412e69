import { element, setText } from "../shell/element.js";
import { fileNameOf, moment, shortAge } from "../shell/format.js";
import { showState, stateMark } from "../shell/state.js";
import { drawPlaceholder, previewAddress, previewFor } from "./previews.js";

/** @typedef {import("../../../lambda-src/records/image-record").ImageRecord} ImageRecord */

/** Device pixels that a card's picture fills at most. */
const PICTURE_WIDTH = 300;

/**
 * One image of the gallery: a link with picture, name, state and reason.
 * @param {ImageRecord} image
 */
export function createImageCard(image) {
  const canvas = element("canvas", { width: 32, height: 24, "aria-hidden": "true" });
  const picture = element("img", { alt: "", decoding: "async", loading: "lazy", hidden: true });
  const reason = element("span", { className: "reason" });
  const name = element("span", { className: "name" });
  const mark = stateMark(image);
  const details = element("span", { className: "details" });
  picture.addEventListener("load", () => picture.classList.add("loaded"));
  const link = element(
    "a",
    { className: "tile", href: `#/image/${encodeURIComponent(image.imageId)}` },
    element("span", { className: "mat" }, canvas, picture, reason),
    name,
    element("span", { className: "line" }, mark, details),
  );
  /** @param {ImageRecord} shown */
  const update = (shown) => {
    drawPlaceholder(canvas, shown.placeholder);
    showPicture(picture, shown);
    setText(reason, shown.processingStatus === "completed" ? "" : (shown.errorCode ?? ""));
    setText(name, fileNameOf(shown.originalKey));
    name.title = shown.originalKey;
    showState(mark, shown);
    setText(details, `${shown.userId} · ${shortAge(shown.timestamp * 1000)}`);
    details.title = moment(shown.timestamp * 1000);
    link.dataset.state = shown.processingStatus;
  };
  update(image);
  return { node: element("li", {}, link), update };
}

/**
 * @param {HTMLImageElement} picture
 * @param {ImageRecord} image
 */
function showPicture(picture, image) {
  const preview = previewFor(image, PICTURE_WIDTH);
  picture.hidden = !preview;
  if (!preview) return;
  const address = previewAddress(image, preview.name);
  if (picture.getAttribute("src") === address) return;
  picture.classList.remove("loaded");
  picture.src = address;
}
