import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bundleFunction } from "../bundling/bundle-function";
import { copySharpBinaries, hostPlatform } from "../bundling/sharp-binaries";
import { stageLocalBundles } from "../bundling/stage-lambda-bundles";
import { messageOf } from "../contract/error-codes";
import { DEFAULT_SETTINGS } from "../contract/read-settings";
import { bundleProgram, nodeWorker } from "./candidates";
import { handlerEnvironment } from "./handler/upload-event";
import { IMAGE_CLASSES } from "./images/image-classes";
import { storedImages } from "./images/stored-images";
import { measuringCommand, readRounds } from "./measuring-options";
import { pinnedCommand } from "./pinned-core";
import { median, pairedRatio } from "./report/statistics";
import { formatTable } from "./report/table";
import { type Cost, WorkerProcess } from "./workers/worker-process";

/** The whole handler, warm, beside the usual way to write it, with a simulated network. Wall time is what Lambda bills. */

const CLASSES = ["jpeg-24mp", "jpeg-12mp"];
const INVOCATIONS = 5;

const tell = (progress: string): void => void process.stderr.write(`${progress}\n`);

/** On another core than the handlers: its work is not theirs. */
async function startServices(file: string, core: number): Promise<{ process: ChildProcess; port: string }> {
  const program = bundleProgram("bench/handler/simulated-aws.ts");
  const [command = "", ...rest] = [...pinnedCommand(core === 0 ? 1 : 0), process.execPath, program, file];
  const services = spawn(command, rest, { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = await once(createInterface({ input: services.stdout }), "line");
  return { process: services, port: String(port) };
}

function bundledThreePipelines(): string {
  const directory = "dist/bench/three-pipelines";
  mkdirSync(directory, { recursive: true });
  bundleFunction({ entry: "bench/handler/three-pipelines-handler.ts", runtime: "nodejs24.x", directory });
  copySharpBinaries(hostPlatform(), directory);
  return join(process.cwd(), directory, "index.js");
}

async function compare(file: string, rounds: number, core: number): Promise<readonly (readonly Cost[])[]> {
  const services = await startServices(file, core);
  const environment = Object.entries({ ...DEFAULT_SETTINGS.processing, ...handlerEnvironment(services.port) });
  const command = [
    ...pinnedCommand(core),
    "env",
    ...environment.map(([name, value]) => `${name}=${value}`),
    ...nodeWorker(),
  ];
  const modules = [bundleProgram("bench/handler/product-handler.ts"), bundledThreePipelines()];
  const workers: WorkerProcess[] = [];
  try {
    for (const module of modules)
      workers.push(
        await WorkerProcess.start([...command, module, file, "jpeg", DEFAULT_SETTINGS.processing.PREVIEW_SIZES]),
      );
    for (const worker of workers) await worker.run(INVOCATIONS);
    const costs = modules.map((): Cost[] => []);
    for (let round = 0; round < rounds; round += 1)
      for (const [index, worker] of workers.entries()) costs[index]?.push(await worker.run(INVOCATIONS));
    return costs;
  } finally {
    for (const worker of workers) worker.stop();
    services.process.kill();
  }
}

async function main(): Promise<void> {
  const { rounds, core, json } = measuringCommand(
    "npm run bench:handler",
    "Measures the whole handler, warm, with S3 and DynamoDB simulated, beside one with a pipeline for each preview.",
  )
    .option("--rounds <n>", "odd, at least 3", readRounds, 9)
    .parse()
    .opts();
  stageLocalBundles();
  const files = await storedImages(
    IMAGE_CLASSES.filter(({ name }) => CLASSES.includes(name)),
    tell,
  );
  const results = [];
  for (const [name, file] of files) {
    const [ours = [], theirs = []] = await compare(file, rounds, core);
    const of = (costs: readonly Cost[], key: "wallMs" | "cpuMs"): readonly number[] => costs.map((cost) => cost[key]);
    results.push({
      name,
      wallMs: median(of(ours, "wallMs")),
      wallMsOfThreePipelines: median(of(theirs, "wallMs")),
      wallRatio: pairedRatio(of(ours, "wallMs"), of(theirs, "wallMs")),
      cpuRatio: pairedRatio(of(ours, "cpuMs"), of(theirs, "cpuMs")),
    });
  }
  const rows = results.map((result) => [
    result.name,
    result.wallMs.toFixed(0),
    result.wallMsOfThreePipelines.toFixed(0),
    result.wallRatio.toFixed(2),
    result.cpuRatio.toFixed(2),
  ]);
  process.stdout.write(`${formatTable(["", "wall ms", "three pipelines", "wall ratio", "CPU ratio"], rows)}\n`);
  if (json) writeFileSync(json, `${JSON.stringify(results, null, 1)}\n`);
}

main().catch((error: unknown) => {
  tell(messageOf(error));
  process.exitCode = 1;
});
