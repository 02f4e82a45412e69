import { imagePath } from "../shell/server.js";

/** Previews by name, small ones first. */
export const previewsOf = ({ previews = {}, previewDetails = {} }) =>
  Object.keys(previews)
    .map((name) => ({ name, ...previewDetails[name] }))
    .sort((a, b) => (a.width ?? 0) * (a.height ?? 0) - (b.width ?? 0) * (b.height ?? 0));

/** Processing again writes the same key: the time in the address brings the new picture. */
export const previewAddress = ({ imageId, processedAt = 0 }, name) =>
  `${imagePath(imageId)}/previews/${encodeURIComponent(name)}?v=${processedAt}`;

/** The smallest preview that fills a width in px, or else the largest. */
export function previewFor(image, width) {
  const previews = previewsOf(image);
  return previews.find((preview) => (preview.width ?? 0) >= width) ?? previews.at(-1);
}
