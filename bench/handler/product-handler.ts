import { resolve } from "node:path";
import { DEFAULT_SETTINGS } from "../../contract/read-settings";
import type { Renderer } from "../peers/renderer";
import { uploadEvent } from "./upload-event";

/** The image processor's bundle, called as Lambda calls it. */

type Handler = (event: object, context: object) => Promise<void>;

const { handler } = require(resolve("dist/local/image-processor/index.js")) as { readonly handler: Handler };

const context = {
  awsRequestId: "bench",
  functionName: "bench",
  memoryLimitInMB: String(DEFAULT_SETTINGS.LAMBDA_MEMORY_MB),
  getRemainingTimeInMillis: () => DEFAULT_SETTINGS.LAMBDA_TIMEOUT_S * 1000,
};

export const render: Renderer = async (bytes) => {
  await withoutOutput(() => handler(uploadEvent(bytes.length), context));
  return [];
};

/** The function's log lines are no answers to the benchmark. */
async function withoutOutput(work: () => Promise<void>): Promise<void> {
  const write = process.stdout.write;
  process.stdout.write = () => true;
  try {
    await work();
  } finally {
    process.stdout.write = write;
  }
}
