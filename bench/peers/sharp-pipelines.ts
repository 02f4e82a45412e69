import sharp from "sharp";
import { JPEG_QUALITY, type Renderer } from "./renderer";

/** sharp as its documentation shows it: a pipeline of its own for every preview, all at once. */
export const render: Renderer = (bytes, boxes, output) =>
  Promise.all(
    boxes.map(({ width, height }) => {
      const preview = sharp(bytes).rotate().resize(width, height, { fit: "inside", withoutEnlargement: true });
      return output === "png"
        ? preview.png().toBuffer()
        : preview.flatten({ background: "#ffffff" }).jpeg({ quality: JPEG_QUALITY }).toBuffer();
    }),
  );
