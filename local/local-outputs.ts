import { rm } from "node:fs/promises";
import { join } from "node:path";
import { formatOutputs, type PipelineEnvironment } from "../operations/pipeline-environment";
import { writeDurably } from "./aws/storage/durable-file";

/**
 * Writes `outputs.json` for the command line, as `cdktf deploy --outputs-file` does for a deployed environment. After `kill -9`
 * it stays, and who reads it finds that nothing answers.
 * @returns what removes it
 */
export async function writeLocalOutputs(
  directory: string,
  environment: PipelineEnvironment,
): Promise<() => Promise<void>> {
  const path = join(directory, "outputs.json");
  await writeDurably(path, formatOutputs(environment, "image-pipeline-local"));
  return () => rm(path, { force: true });
}
