import { type RenderResult, SupervisedRenderer } from "../supervised-renderer";
import type { HostileClass } from "./hostile-class";

const MB = 1_048_576;

/** The default of MAX_IMAGE_SIZE. */
const MAX_BYTES = 10_485_760;
/** Of the 1024 MB of the function. */
const MAX_PEAK_MB = 900;
/** Half of what one attempt has at the default settings. */
const MAX_CPU_SECONDS = 15;

/** Far enough above the limits to tell by how much a class breaks them. */
const SUPERVISION = { timeLimitMs: 90_000, maxResidentBytes: 4000 * MB };

export interface ClassResult {
  readonly name: string;
  readonly bytes: number;
  readonly outcome: RenderResult["outcome"];
  readonly message: string | undefined;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  /** What is wrong, or undefined. */
  readonly finding: string | undefined;
}

/** Renders the worst file of each class in a process of its own: only a fresh one shows what a file takes. */
export async function renderClasses(
  classes: readonly HostileClass[],
  workerFile: string,
): Promise<readonly ClassResult[]> {
  const renderer = new SupervisedRenderer(workerFile, SUPERVISION);
  const results: ClassResult[] = [];
  try {
    for (const { name, bytes } of classes) {
      const file = await bytes(MAX_BYTES);
      if (file.length > MAX_BYTES) throw new Error(`${name} must have at most ${MAX_BYTES} bytes, got ${file.length}`);
      const result = await renderer.render(file);
      renderer.stop();
      results.push(judge(name, file, result));
    }
  } finally {
    renderer.stop();
  }
  return results;
}

function judge(name: string, file: Buffer, result: RenderResult): ClassResult {
  const { outcome, message } = result;
  const cpuSeconds = Math.round(result.cpuMilliseconds / 10) / 100;
  const peakMb = Math.round(result.peakResidentBytes / MB);
  return {
    name,
    bytes: file.length,
    outcome,
    message,
    cpuSeconds,
    peakMb,
    finding: findingOf(result, cpuSeconds, peakMb),
  };
}

function findingOf({ outcome, message }: RenderResult, cpuSeconds: number, peakMb: number): string | undefined {
  if (outcome === "crash" || outcome === "hang" || outcome === "error") return `${outcome}: ${message ?? "no message"}`;
  if (peakMb > MAX_PEAK_MB) return `peak must be at most ${MAX_PEAK_MB} MB, got ${peakMb}`;
  if (cpuSeconds > MAX_CPU_SECONDS) return `CPU must be at most ${MAX_CPU_SECONDS} s, got ${cpuSeconds}`;
  return undefined;
}

export const describeClass = ({ name, bytes, outcome, cpuSeconds, peakMb, finding }: ClassResult): string =>
  `${String(peakMb).padStart(5)} MB ${cpuSeconds.toFixed(2).padStart(6)} s ${String(Math.ceil(bytes / 1024)).padStart(6)} KB  ${name}: ${finding ?? outcome}`;
