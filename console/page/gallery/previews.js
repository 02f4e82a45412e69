import { thumbHashToRGBA } from "/thumbhash.js";
import { imagePath } from "../shell/server.js";

/** @typedef {import("../../../lambda-src/records/image-record").ImageRecord} ImageRecord */

/**
 * Previews by name, small ones first.
 * @param {ImageRecord} image
 * @returns {({name: string} & Partial<import("../../../lambda-src/images/preview-dimensions").PreviewDetails>)[]}
 */
export const previewsOf = ({ previews = {}, previewDetails = {} }) =>
  Object.keys(previews)
    .map((name) => ({ name, ...previewDetails[name] }))
    .sort((a, b) => (a.width ?? 0) * (a.height ?? 0) - (b.width ?? 0) * (b.height ?? 0));

/**
 * Processing again writes the same key: the time in the address brings the new picture.
 * @param {ImageRecord} image
 * @param {string} name
 */
export const previewAddress = ({ imageId, processedAt = 0 }, name) =>
  `${imagePath(imageId)}/previews/${encodeURIComponent(name)}?v=${processedAt}`;

/**
 * The smallest preview that fills a width in px, or else the largest.
 * @param {ImageRecord} image
 * @param {number} width
 */
export function previewFor(image, width) {
  const previews = previewsOf(image);
  return previews.find((preview) => (preview.width ?? 0) >= width) ?? previews.at(-1);
}

/**
 * Draws the blurred picture that a record carries (a ThumbHash in base64), or clears the canvas when there is none.
 * @param {HTMLCanvasElement} canvas
 * @param {string | undefined} placeholder
 */
export function drawPlaceholder(canvas, placeholder) {
  if (canvas.dataset.placeholder === (placeholder ?? "")) return;
  canvas.dataset.placeholder = placeholder ?? "";
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.clearRect(0, 0, canvas.width, canvas.height);
  const picture = placeholder && decode(placeholder);
  if (!picture) return;
  canvas.width = picture.w;
  canvas.height = picture.h;
  context.putImageData(new ImageData(new Uint8ClampedArray(picture.rgba), picture.w, picture.h), 0, 0);
}

/**
 * Records are data: one that was written by hand must not stop the page.
 * @param {string} placeholder
 */
function decode(placeholder) {
  try {
    return thumbHashToRGBA(Uint8Array.from(atob(placeholder), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
