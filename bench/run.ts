import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { CommanderError } from "commander";
import sharp from "sharp";
import { messageOf } from "../contract/error-codes";
import { DEFAULT_SETTINGS } from "../contract/read-settings";
import { prepareCandidates } from "./candidates";
import { type ClassComparison, compareOn } from "./compare";
import { storedImages } from "./images/stored-images";
import { type CompareOptions, readCompareOptions } from "./measuring-options";
import { pinnedCommand } from "./pinned-core";
import { comparisonChart } from "./report/chart";
import { comparisonTable } from "./report/table";

/** `npm run bench`: the image work beside other ways to do it, as a table, as JSON and as a chart. */

const tell = (progress: string): void => void process.stderr.write(`${progress}\n`);

async function bench(options: CompareOptions): Promise<void> {
  const pinned = pinnedCommand(options.core);
  if (pinned.length === 0) tell("taskset is missing: nothing is pinned to one core, so the numbers scatter more");
  const { candidates, missing } = prepareCandidates();
  for (const { name, install } of missing) tell(`missing: ${name} (${install})`);
  const files = await storedImages(options.classes, tell);

  const comparisons: ClassComparison[] = [];
  for (const [index, imageClass] of options.classes.entries()) {
    const comparison = await compareOn(
      imageClass,
      files.get(imageClass.name) ?? "",
      candidates,
      { ...options, pinned, boxes: DEFAULT_SETTINGS.processing.PREVIEW_SIZES.split(",") },
      (progress) => tell(`${index + 1} of ${options.classes.length}: ${progress}`),
    );
    comparisons.push(comparison);
    process.stdout.write(`${comparisonTable(comparison)}\n\n`);
  }
  for (const { name, install } of missing) process.stdout.write(`missing: ${name} (${install})\n`);
  if (options.json)
    writeFileSync(
      options.json,
      `${JSON.stringify({ ...conditions(options, pinned), comparisons, missing }, null, 1)}\n`,
    );
  if (options.svg) writeFileSync(options.svg, comparisonChart(comparisons));
}

const conditions = ({ rounds }: CompareOptions, pinned: readonly string[]): object => ({
  processor: cpus()[0]?.model,
  node: process.version,
  sharp: sharp.versions.sharp,
  vips: sharp.versions.vips,
  pinned: pinned.length > 0,
  rounds,
});

async function main(): Promise<void> {
  await bench(readCompareOptions(process.argv.slice(2)));
}

main().catch((error: unknown) => {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  tell(messageOf(error));
  process.exitCode = 1;
});
