import { benchRequire, JPEG_QUALITY, largestOf, previewsOf, type Renderer } from "./renderer";

interface Picture {
  readonly width: number;
  readonly height: number;
}

interface Canvas extends Picture {
  getContext(kind: "2d"): {
    imageSmoothingQuality: "high";
    fillStyle: string;
    fillRect(x: number, y: number, width: number, height: number): void;
    drawImage(source: Picture, x: number, y: number, width: number, height: number): void;
  };
  encode(format: "png"): Promise<Buffer>;
  encode(format: "jpeg", quality: number): Promise<Buffer>;
}

interface Module {
  loadImage(bytes: Buffer): Promise<Picture>;
  createCanvas(width: number, height: number): Canvas;
}

const { loadImage, createCanvas } = benchRequire("@napi-rs/canvas") as Module;

/** Drawn by Skia with its best smoothing. The smaller previews come from the largest. */
export const render: Renderer = async (bytes, boxes, output) => {
  const original = await loadImage(bytes);
  const previews = previewsOf(original, boxes);
  const base = drawn(original, largestOf(previews), output);
  return Promise.all(
    previews.map((preview) => {
      const canvas = preview.width === base.width ? base : drawn(base, preview, output);
      return output === "png" ? canvas.encode("png") : canvas.encode("jpeg", JPEG_QUALITY);
    }),
  );
};

function drawn(source: Picture, { width, height }: Picture, output: "jpeg" | "png"): Canvas {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  if (output === "jpeg") {
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
  }
  context.drawImage(source, 0, 0, width, height);
  return canvas;
}
