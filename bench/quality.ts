import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../contract/error-codes";
import { bundleProgram, bundleSubject, nodeWorker } from "./candidates";
import { IMAGE_CLASSES } from "./images/image-classes";
import { fromRaw, photograph, type RawImage } from "./images/photograph";
import { storedImages } from "./images/stored-images";
import { PreviewJudge } from "./quality/preview-quality";
import { formatTable } from "./report/table";

/**
 * Holds the scaling of the product against one pipeline of sharp for each preview: every kind of image at the default sizes, and
 * shapes and lists of sizes where deriving all previews from one decode could go wrong. Ends with 1 when any preview is worse by
 * more than half a decibel.
 */

const USAGE = `npm run bench:quality

Holds every preview against Lanczos over all pixels of the original, and against one pipeline of sharp for each preview, for
many shapes and lists of sizes. It takes ten minutes and ends with 1 when any preview is worse by more than half a decibel.`;

const TOLERANCE_DB = 0.5;
const DEFAULT_BOXES = ["150x150", "300x300", "800x800"];

/** Lists in which one preview is hardly smaller than another, needs a long side only, or is as large as the original. */
const ODD_BOXES = [
  ["800x800", "700x700"],
  ["1000x100", "100x1000"],
  ["1600x1600", "1500x1500", "120x120", "16x16"],
  ["4096x4096", "64x64"],
];

interface Case {
  readonly name: string;
  readonly file: string;
  readonly boxes: readonly string[];
}

const tell = (progress: string): void => void process.stderr.write(`${progress}\n`);

async function shapes(directory: string): Promise<readonly Case[]> {
  const picture = await photograph(3000, 2000, 7);
  const encodings: readonly (readonly [string, (image: RawImage, width: number, height: number) => Promise<Buffer>])[] =
    [
      ["jpeg", (image, width, height) => fromRaw(image).resize(width, height).jpeg({ quality: 92 }).toBuffer()],
      [
        "webp",
        (image, width, height) => fromRaw(image).resize(width, height).webp({ quality: 90, effort: 1 }).toBuffer(),
      ],
      ["png", (image, width, height) => fromRaw(image).resize(width, height).png({ compressionLevel: 1 }).toBuffer()],
    ];
  const sides = { landscape: [3000, 2000], panorama: [6000, 750], portrait: [750, 6000], small: [900, 700] } as const;
  const cases: Case[] = [];
  for (const [shape, [width, height]] of Object.entries(sides))
    for (const [format, encode] of encodings) {
      const file = join(directory, `${shape}.${format}`);
      writeFileSync(file, await encode(picture, width, height));
      for (const boxes of [DEFAULT_BOXES, ...ODD_BOXES]) cases.push({ name: `${shape} ${format}`, file, boxes });
    }
  return cases;
}

async function check(cases: readonly Case[]): Promise<boolean> {
  const worker = nodeWorker();
  const subject = [...worker, bundleSubject()];
  const pipelines = [...worker, bundleProgram("bench/peers/sharp-pipelines.ts")];
  const rows: string[][] = [];
  let worst = Number.NEGATIVE_INFINITY;
  for (const [index, { name, file, boxes }] of cases.entries()) {
    tell(`${index + 1} of ${cases.length}: ${name} ${boxes.join(",")}`);
    const judge = new PreviewJudge(file, boxes);
    const ours = await judge.judge(subject);
    const theirs = await judge.judge(pipelines);
    const losses = ours.psnr.map((psnr, box) => (theirs.psnr[box] ?? 0) - psnr);
    const loss = Math.max(...losses);
    worst = Math.max(worst, loss);
    const decibels = (psnr: readonly number[]): string => psnr.map((value) => value.toFixed(1)).join("/");
    const sizes = ours.dimensions.join() === theirs.dimensions.join() ? "" : "sizes differ";
    rows.push([`${name} ${boxes.join(",")}`, decibels(ours.psnr), decibels(theirs.psnr), loss.toFixed(2), sizes]);
  }
  process.stdout.write(`${formatTable(["", "this project", "sharp, a pipeline each", "loss dB", ""], rows)}\n`);
  return worst <= TOLERANCE_DB;
}

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return void process.stdout.write(`${USAGE}\n`);
  const directory = mkdtempSync(join(tmpdir(), "bench-shapes-"));
  try {
    const files = await storedImages(IMAGE_CLASSES, tell);
    const classes = [...files].map(([name, file]) => ({ name, file, boxes: DEFAULT_BOXES }));
    if (!(await check([...classes, ...(await shapes(directory))]))) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  tell(messageOf(error));
  process.exitCode = 1;
});
