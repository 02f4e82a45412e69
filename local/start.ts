import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { stageLocalBundles } from "../bundling/stage-lambda-bundles";
import { startDeployedConsole } from "../console/server/deployed-console";
import { startLocalConsole } from "../console/server/local-console";
import { LocalObservation } from "../console/server/local-observation";
import { connectPipeline } from "../operations/pipeline-clients";
import { formatOutputs, type PipelineEnvironment, parseOutputs } from "../operations/pipeline-environment";
import { visibleText } from "../operations/visible-text";
import { writeDurably } from "./aws/storage/durable-file";
import { lockDirectory } from "./directory-lock";
import { functionLogLine } from "./function-log-line";
import { type LocalSettings, readLocalSettings } from "./local-settings";
import { startLocalSystem } from "./local-system";
import { BadFlag, parseStartOptions, type StartOptions } from "./start-options";
import { welcome } from "./welcome";

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** A stop that takes longer hangs; the next start finds every event in its queue. */
const STOP_LIMIT_MS = 5000;

// The SDK's advice on the Node.js version is for whoever runs the SDK elsewhere.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

async function main(): Promise<void> {
  const options = parseStartOptions(process.argv.slice(2));
  if (typeof options === "string") return console.log(options);
  if (options.outputs !== undefined) return openDeployedConsole(options.outputs, options.port);
  const settings = readLocalSettings(process.env);
  // Held until the process ends.
  await lockDirectory(options.directory);
  const starting = startEverything(options, settings);
  stopOnSignal(async () => (await starting)());
  await starting;
}

/** The console alone, on an environment that others run. */
async function openDeployedConsole(outputs: string, port: number): Promise<void> {
  const environment = parseOutputs(readOutputs(outputs), outputs);
  const forcePathStyle = process.env.S3_FORCE_PATH_STYLE === "true";
  const starting = startDeployedConsole({
    pipeline: connectPipeline(environment, { forcePathStyle }),
    port,
    onTrouble: (sentence) => print(`console ${visibleText(sentence)}`),
  });
  stopOnSignal(async () => (await starting).close());
  const { endpoint } = await starting;
  console.log(
    `\nConsole      ${endpoint}   (${environment.metadataTable} in ${environment.region})\n\nReady. Ctrl-C stops it.`,
  );
}

function readOutputs(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`--outputs must name a file that can be read (${code}), got ${JSON.stringify(path)}`, { cause });
  }
}

/** Returns what stops everything again. When it throws, nothing is left running. */
async function startEverything(options: StartOptions, settings: LocalSettings): Promise<() => Promise<void>> {
  const { directory, s3Port, dynamodbPort, lambdaPort, sqsPort, timeScale } = options;
  const onTrouble = (sentence: string) => print(`local-system ${visibleText(sentence)}`);
  const observation = new LocalObservation(join(directory, "journal"), onTrouble);
  const system = await startLocalSystem({
    directory,
    s3Port,
    dynamodbPort,
    lambdaPort,
    sqsPort,
    timeScale,
    settings,
    bundles: stageLocalBundles(),
    onLog: (log) => {
      observation.logged(log);
      print(functionLogLine(log));
    },
    onRecordWritten: (key) => observation.written(key),
    onTrouble,
  });
  try {
    const web = await startLocalConsole({
      system,
      observation,
      timeScale,
      settings,
      port: options.port,
      onTrouble,
    });
    const removeOutputs = await writeLocalOutputs(directory, system.environment);
    console.log(welcome(system, web.endpoint, directory));
    return async () => {
      await removeOutputs();
      await web.close();
      await system.close();
    };
  } catch (error) {
    await system.close();
    throw error;
  }
}

function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    // npm passes on the signal that the terminal has already sent.
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    close().then(() => process.exit(0), fail);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
}

function print(line: string | undefined): void {
  if (line !== undefined) console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
}

function fail(error: unknown): never {
  // Line by line: settings with several faults have one on each.
  const lines = describeFailure(error as NodeJS.ErrnoException & { port?: number }).split("\n");
  console.error(lines.map(visibleText).join("\n"));
  process.exit(error instanceof BadFlag ? 2 : 1);
}

function describeFailure(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error.syscall !== "listen") return error.message;
  const options = parseStartOptions(process.argv.slice(2)) as StartOptions;
  const uses = [
    { port: options.port, flag: "--port", purpose: "the console" },
    { port: options.s3Port, flag: "--s3-port", purpose: "the S3 endpoint" },
    { port: options.dynamodbPort, flag: "--dynamodb-port", purpose: "the DynamoDB endpoint" },
    { port: options.lambdaPort, flag: "--lambda-port", purpose: "the Lambda endpoint" },
    { port: options.sqsPort, flag: "--sqs-port", purpose: "the SQS endpoint" },
  ];
  const use = uses.find(({ port }) => port === error.port);
  const reason = error.code === "EADDRINUSE" ? "is taken" : `cannot be used (${error.code})`;
  return `Port ${error.port} for ${use?.purpose} ${reason}: choose another with npm start -- ${use?.flag} PORT`;
}

process.on("uncaughtException", fail);
main().catch(fail);

/**
 * Writes `outputs.json` for the command line, as `cdktf deploy --outputs-file` does for a deployed environment. After `kill -9`
 * it stays, and who reads it finds that nothing answers.
 * @returns what removes it
 */
async function writeLocalOutputs(directory: string, environment: PipelineEnvironment): Promise<() => Promise<void>> {
  const path = join(directory, "outputs.json");
  await writeDurably(path, formatOutputs(environment, "image-pipeline-local"));
  return () => rm(path, { force: true });
}
