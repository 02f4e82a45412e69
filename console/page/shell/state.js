import { element, setText } from "./element.js";

export const STATES = ["pending", "processing", "completed", "failed"];

/** The state of an image, in words beside its colour. */
export function stateMark(image) {
  const mark = element("span", { className: "state" });
  showState(mark, image);
  return mark;
}

export function showState(mark, { processingStatus, errorCode, attempts }) {
  mark.dataset.state = processingStatus;
  const detail = processingStatus === "pending" && attempts ? ` for attempt ${attempts + 1}` : "";
  setText(mark, processingStatus === "failed" && errorCode ? `failed` : `${processingStatus}${detail}`);
}
