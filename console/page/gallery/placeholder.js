import { thumbHashToRGBA } from "/thumbhash.js";

/** Draws the blurred picture that a record carries (a ThumbHash in base64), or clears the canvas when there is none. */
export function drawPlaceholder(canvas, placeholder) {
  if (canvas.dataset.placeholder === (placeholder ?? "")) return;
  canvas.dataset.placeholder = placeholder ?? "";
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  const picture = placeholder && decode(placeholder);
  if (!picture) return;
  canvas.width = picture.w;
  canvas.height = picture.h;
  context.putImageData(new ImageData(new Uint8ClampedArray(picture.rgba), picture.w, picture.h), 0, 0);
}

/** Records are data: one that was written by hand must not stop the page. */
function decode(placeholder) {
  try {
    return thumbHashToRGBA(Uint8Array.from(atob(placeholder), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
