import type { PermanentCode } from "../../contract/error-codes";
import { DEFAULT_SETTINGS } from "../../contract/read-settings";
import { DECODE_SHARE_OF_MEMORY } from "../../lambda-src/images/decode-guard";
import { RejectedImage } from "../../lambda-src/images/formats/rejected-image";
import { renderImage } from "../../lambda-src/images/render-image";
import { peakMemoryMb } from "../../local/aws/lambda/peak-memory";

/**
 * A process that renders one image after the other, as the function does at its default settings, and tells how
 * each ended. What it is given may crash it, so that somebody else has to watch it.
 */

export interface RenderRequest {
  readonly bytes: Uint8Array;
  /** The process ends itself with `MEMORY_EXIT_CODE` above this, instead of taking the machine down. */
  readonly maxResidentBytes: number;
}

export interface RenderReply {
  readonly outcome: "completed" | PermanentCode | "error";
  readonly message?: string;
  readonly milliseconds: number;
  /** Of all threads: what the image costs, however busy the machine is. */
  readonly cpuMilliseconds: number;
  /** The highest resident memory since the process began. */
  readonly peakResidentBytes: number;
}

export const MEMORY_EXIT_CODE = 87;

const { PREVIEW_SIZES, PREVIEW_FORMAT, MAX_IMAGE_PIXELS, LAMBDA_MEMORY_MB } = DEFAULT_SETTINGS;
const LIMITS = {
  maxPixels: MAX_IMAGE_PIXELS,
  memoryBudgetBytes: LAMBDA_MEMORY_MB * 1_048_576 * DECODE_SHARE_OF_MEMORY,
};
const WATCH_INTERVAL_MS = 10;

async function render(bytes: Uint8Array): Promise<Pick<RenderReply, "outcome" | "message">> {
  try {
    const { previews, placeholder } = await renderImage(Buffer.from(bytes), PREVIEW_SIZES, PREVIEW_FORMAT, LIMITS);
    await Promise.all([...previews, placeholder]);
    return { outcome: "completed" };
  } catch (error) {
    if (error instanceof RejectedImage) return { outcome: error.code, message: error.message };
    return { outcome: "error", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function answer({ bytes, maxResidentBytes }: RenderRequest): Promise<void> {
  // Decoding runs on other threads, so that this one can look.
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > maxResidentBytes) process.exit(MEMORY_EXIT_CODE);
  }, WATCH_INTERVAL_MS);
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  const ended = await render(bytes);
  const { user, system } = process.cpuUsage(cpuStart);
  clearInterval(watch);
  const reply: RenderReply = {
    ...ended,
    milliseconds: performance.now() - start,
    cpuMilliseconds: (user + system) / 1000,
    // Not `maxRSS`: Linux counts into it what the parent held when it forked.
    peakResidentBytes: peakMemoryMb(process.pid) * 1_048_576,
  };
  process.send?.(reply);
}

process.on("message", (request: RenderRequest) => void answer(request));
process.on("disconnect", () => process.exit());
