import { join } from "node:path";
import { Command } from "commander";
import { messageOf } from "../contract/error-codes";
import { VALID_IMAGES } from "./images/pictures";
import type { HostileClass } from "./stress/hostile/hostile-class";
import { HOSTILE_CLASSES } from "./stress/hostile/hostile-classes";
import { type ClassResult, describeClass, renderClasses } from "./stress/hostile/render-classes";
import { mutatedImage, seededRandom } from "./stress/image-mutations";
import { type RenderResult, SupervisedRenderer } from "./stress/supervised-renderer";

/**
 * Renders the worst files of each hostile class and damaged images, and tells whether any of them crashed the process, hung, took too much memory, or ended in another
 * way than as completed or rejected.
 */

const TIME_LIMIT_MS = 10_000;
const MAX_RESIDENT_BYTES = 900 * 1_048_576;
const PROGRESS_EVERY = 500;

interface Finding {
  readonly index: number;
  readonly outcome: RenderResult["outcome"] | "memory";
  readonly message: string | undefined;
}

interface StressReport {
  readonly classes: readonly ClassResult[];
  readonly seed: number;
  readonly images: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowest: { readonly index: number; readonly milliseconds: number };
  readonly peakResidentMb: number;
  readonly findings: readonly Finding[];
}

interface Options {
  readonly seed: number;
  readonly classes: readonly HostileClass[];
  readonly indexes: readonly number[];
  readonly json: boolean;
}

function readOptions(): Options {
  const wholeNumber = (name: string) => (text: string) => {
    if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number, got ${JSON.stringify(text)}`);
    return Number(text);
  };
  const {
    count,
    seed,
    only,
    class: text,
    json,
  } = new Command("npm run stress:images --")
    .description(
      "Renders, each in a process of its own, the worst file of every hostile class: whatever a decoder inflates, copies or " +
        "allocates by count, up to 10 MB. Then images of every format after damaging them: bytes flipped, cut, spliced, headers " +
        "that lie. Reports CPU and peak memory of each class, how the damaged images ended, the slowest and the peak memory. " +
        "Exit 1 when a class takes more than 900 MB or 15 s of CPU, and with seed and index of every crash, hang above 10 s, " +
        "memory above 900 MB or unforeseen error.",
    )
    .option("--count <n>", "damaged images", wholeNumber("count"), 20_000)
    .option("--seed <n>", "decides the damage", wholeNumber("seed"), 1)
    .option("--only <index>", "renders this damaged image again, and nothing else", wholeNumber("only"))
    .option("--class <text>", "renders the classes whose names contain the text, and nothing else")
    .option("--json", "the report as JSON", false)
    .parse()
    .opts();
  const classes = HOSTILE_CLASSES.filter(({ name }) => name.includes(text ?? ""));
  if (classes.length === 0) throw new Error(`--class must be a part of a class's name, got ${JSON.stringify(text)}`);
  const all = text === undefined ? Array.from({ length: count }, (_, index) => index) : [];
  return {
    seed,
    classes: only === undefined ? classes : [],
    indexes: only === undefined ? all : [only],
    json,
  };
}

/** Far apart for neighbouring seeds and indexes. */
const seedOf = (seed: number, index: number): number => Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b);

async function damage(
  seed: number,
  indexes: readonly number[],
  renderer: SupervisedRenderer,
): Promise<Omit<StressReport, "classes">> {
  const images = await Promise.all(Object.values(VALID_IMAGES).map((encode) => encode()));
  const outcomes: Record<string, number> = {};
  const findings: Finding[] = [];
  let slowest = { index: -1, milliseconds: 0 };
  let peakResidentBytes = 0;
  for (const [done, index] of indexes.entries()) {
    const result = await renderer.render(mutatedImage(images, seededRandom(seedOf(seed, index))));
    const { outcome, message, milliseconds } = result;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (milliseconds > slowest.milliseconds) slowest = { index, milliseconds: Math.round(milliseconds) };
    peakResidentBytes = Math.max(peakResidentBytes, result.peakResidentBytes);
    const isFinding = outcome === "crash" || outcome === "hang" || outcome === "error";
    if (isFinding) findings.push({ index, outcome, message });
    // Replaced, because its peak would hide the next image that takes too much.
    if (result.peakResidentBytes > MAX_RESIDENT_BYTES) {
      findings.push({ index, outcome: "memory", message: `peak ${inMb(result.peakResidentBytes)} MB` });
      renderer.stop();
    }
    if ((done + 1) % PROGRESS_EVERY === 0)
      process.stderr.write(`${done + 1} of ${indexes.length}, ${findings.length} findings\n`);
  }
  return { seed, images: indexes.length, outcomes, slowest, peakResidentMb: inMb(peakResidentBytes), findings };
}

const inMb = (bytes: number): number => Math.round(bytes / 1_048_576);

function describe({ classes, seed, images, outcomes, slowest, peakResidentMb, findings }: StressReport): string {
  const counts = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  const broken = classes.filter(({ finding }) => finding !== undefined);
  return [
    ...classes.map(describeClass),
    `${classes.length} hostile classes, ${broken.length} above the limits`,
    `${images} damaged images from seed ${seed}`,
    ...counts.map(([outcome, count]) => `${String(count).padStart(8)}  ${outcome}`),
    `slowest ${slowest.milliseconds} ms (index ${slowest.index}), peak ${peakResidentMb} MB resident`,
    ...findings.map(
      ({ index, outcome, message }) => `${outcome} at --seed ${seed} --only ${index}: ${message ?? "no message"}`,
    ),
    findings.length === 0 ? "no findings" : `${findings.length} findings`,
  ].join("\n");
}

async function main(): Promise<void> {
  const { seed, classes, indexes, json } = readOptions();
  const workerFile = join(__dirname, "stress", "render-worker.js");
  const renderer = new SupervisedRenderer(workerFile, {
    timeLimitMs: TIME_LIMIT_MS,
    maxResidentBytes: MAX_RESIDENT_BYTES,
  });
  try {
    const report = {
      classes: await renderClasses(classes, workerFile),
      ...(await damage(seed, indexes, renderer)),
    };
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : describe(report)}\n`);
    const broken = report.classes.some(({ finding }) => finding !== undefined);
    if (broken || report.findings.length > 0) process.exitCode = 1;
  } finally {
    renderer.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 2;
});
