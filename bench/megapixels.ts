import { writeFileSync } from "node:fs";
import type { Sharp } from "sharp";
import { messageOf } from "../contract/error-codes";
import { DEFAULT_SETTINGS } from "../contract/read-settings";
import { bundleSubject, nodeWorker } from "./candidates";
import type { ImageClass } from "./images/image-classes";
import { fromRaw } from "./images/photograph";
import { storedImages } from "./images/stored-images";
import { collect, measuringCommand, readOnly, readRounds } from "./measuring-options";
import { pinnedCommand } from "./pinned-core";
import { fitLine, median } from "./report/statistics";
import { formatTable } from "./report/table";
import { type Cost, WorkerProcess } from "./workers/worker-process";

/** One format at growing sizes, all of one photograph. */
interface MegapixelSeries {
  readonly format: string;
  readonly images: readonly (ImageClass & { readonly megapixels: number })[];
}

const SIZES_MP = [1, 2, 5, 10, 20, 35, 50];
/** As far as the guard lets through with 1,024 MB, or nearly. */
const AVIF_SIZES_MP = [1, 2, 5, 10, 20];

const ENCODERS: readonly (readonly [format: string, sizes: readonly number[], encode: (image: Sharp) => Sharp])[] = [
  ["jpeg", SIZES_MP, (image) => image.jpeg({ quality: 90 })],
  ["jpeg-progressive", SIZES_MP, (image) => image.jpeg({ quality: 88, progressive: true })],
  ["png", SIZES_MP, (image) => image.png({ compressionLevel: 6 })],
  ["webp", SIZES_MP, (image) => image.webp({ quality: 85, effort: 1 })],
  ["avif", AVIF_SIZES_MP, (image) => image.avif({ quality: 60, effort: 0 })],
  ["tiff", SIZES_MP, (image) => image.tiff({ compression: "lzw", predictor: "horizontal" })],
];

const MEGAPIXEL_SERIES: readonly MegapixelSeries[] = ENCODERS.map(([format, sizes, encode]) => ({
  format,
  images: sizes.map((size) => {
    const width = Math.round(Math.sqrt(size * 1e6 * 1.5));
    const height = Math.round(width / 1.5);
    return {
      name: `series-${format}-${size}mp`,
      description: `${format}, ${width}x${height}`,
      output: format === "png" ? "png" : "jpeg",
      megapixels: (width * height) / 1e6,
      encode: (photograph) => encode(fromRaw(photograph).resize(width, height)).toBuffer(),
    };
  }),
}));

/** How the cost of an image grows with its megapixels, for each format: a line through the medians. */

interface Point {
  readonly megapixels: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

const tell = (progress: string): void => void process.stderr.write(`${progress}\n`);

async function measure(
  { images }: MegapixelSeries,
  files: ReadonlyMap<string, string>,
  command: readonly string[],
  rounds: number,
): Promise<readonly Point[]> {
  const boxes = DEFAULT_SETTINGS.processing.PREVIEW_SIZES;
  const workers: WorkerProcess[] = [];
  try {
    for (const { name, output } of images)
      workers.push(await WorkerProcess.start([...command, files.get(name) ?? "", output, boxes]));
    const costs = images.map((): Cost[] => []);
    for (let round = 0; round < rounds; round += 1)
      for (const [index, worker] of workers.entries()) costs[index]?.push(await worker.run(1));
    return images.map(({ megapixels }, index) => ({
      megapixels,
      cpuMs: median((costs[index] ?? []).map(({ cpuMs }) => cpuMs)),
      peakMb: Math.max(...(costs[index] ?? []).map(({ peakMb }) => peakMb)),
    }));
  } finally {
    for (const worker of workers) worker.stop();
  }
}

function row(format: string, points: readonly Point[]): readonly string[] {
  const cpu = fitLine(points.map(({ megapixels, cpuMs }) => [megapixels, cpuMs]));
  const largest = points.at(-1);
  return [
    format,
    cpu.slope.toFixed(2),
    cpu.intercept.toFixed(0),
    cpu.determination.toFixed(3),
    points.map(({ cpuMs }) => cpuMs.toFixed(0)).join("/"),
    `${largest?.peakMb.toFixed(0)} at ${largest?.megapixels.toFixed(0)} MP`,
  ];
}

async function main(): Promise<void> {
  const formats = MEGAPIXEL_SERIES.map(({ format }) => format);
  const { only, rounds, core, json } = measuringCommand(
    "npm run bench:megapixels",
    "Measures how CPU time and memory grow with the megapixels of the original, from 1 to 50, for each format.",
  )
    .option("--rounds <n>", "odd, at least 3", readRounds, 9)
    .option("--only <format>", `one of ${formats.join(", ")}; may be repeated`, collect)
    .parse()
    .opts();
  const series = readOnly(only, MEGAPIXEL_SERIES, ({ format }) => format);
  const command = [...pinnedCommand(core), ...nodeWorker(), bundleSubject()];
  const files = await storedImages(
    series.flatMap(({ images }) => images),
    tell,
  );
  const results = [];
  for (const one of series) {
    tell(one.format);
    results.push({ format: one.format, points: await measure(one, files, command, rounds) });
  }
  const heading = ["", "CPU ms/MP", "+ ms", "R2", "CPU ms at 1/2/5/10/20/35/50 MP", "peak MB"];
  process.stdout.write(
    `${formatTable(
      heading,
      results.map(({ format, points }) => row(format, points)),
    )}\n`,
  );
  if (json) writeFileSync(json, `${JSON.stringify(results, null, 1)}\n`);
}

main().catch((error: unknown) => {
  tell(messageOf(error));
  process.exitCode = 1;
});
