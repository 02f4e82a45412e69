import { element, setText } from "./element.js";

/** @typedef {import("../../../lambda-src/records/image-record").ImageRecord} ImageRecord */
/** @typedef {Partial<Pick<ImageRecord, "errorCode" | "attempts">> & {processingStatus: ImageRecord["processingStatus"] | ""}} Standing */

/** @type {readonly ImageRecord["processingStatus"][]} */
export const STATES = ["pending", "processing", "completed", "failed"];

/**
 * The state of an image, in words beside its colour.
 * @param {Standing} image
 */
export function stateMark(image) {
  const mark = element("span", { className: "state" });
  showState(mark, image);
  return mark;
}

/**
 * @param {HTMLElement} mark
 * @param {Standing} image
 */
export function showState(mark, { processingStatus, errorCode, attempts }) {
  mark.dataset.state = processingStatus;
  const detail = processingStatus === "pending" && attempts ? ` for attempt ${attempts + 1}` : "";
  setText(mark, processingStatus === "failed" && errorCode ? `failed` : `${processingStatus}${detail}`);
}
