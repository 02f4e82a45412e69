import { setMaxListeners } from "node:events";
import { CommanderError } from "commander";
import { connectPipeline } from "../pipeline-clients";
import { type PipelineEnvironment, UnusableEnvironment } from "../pipeline-environment";
import { visibleText } from "../visible-text";
import { describeFailure } from "./describe-failure";
import { EXIT, type ExitCode, WrongUsage } from "./exit-code";
import { findEnvironment } from "./find-environment";
import { processTerminal } from "./process-terminal";
import { imagesProgram, type RunCommand } from "./program";

// The SDK's advice on the Node.js version is for whoever runs the SDK elsewhere.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const stop = new AbortController();
// Every request under way listens.
setMaxListeners(0, stop.signal);
const terminal = processTerminal(process, stop.signal);
let environment: PipelineEnvironment | undefined;

const run: RunCommand = async (options, command) => {
  environment = await findEnvironment(options.outputs, process.env);
  const forcePathStyle = process.env.S3_FORCE_PATH_STYLE === "true";
  const pipeline = connectPipeline(environment, { forcePathStyle });
  try {
    process.exitCode = await command({ terminal, signal: stop.signal, pipeline });
  } finally {
    pipeline.close();
  }
};

function fail(error: unknown): void {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): ExitCode {
  terminal.progress("");
  // Commander has said it.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (stop.signal.aborted) return EXIT.interrupted;
  if (error instanceof WrongUsage) return say(error.message, EXIT.usage);
  if (error instanceof UnusableEnvironment) return say(error.message, EXIT.environment);
  const sentence = describeFailure(error, environment);
  if (sentence) return say(sentence, EXIT.environment);
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  return say(`It failed: ${name} ${message}`, EXIT.notAll);
}

function say(sentence: string, exitCode: ExitCode): ExitCode {
  // Messages of others are part of it.
  terminal.note(visibleText(sentence));
  return exitCode;
}

/** The first Ctrl-C lets the command finish what it began, the second one does not wait for that. */
function stopOnSignal(): void {
  if (stop.signal.aborted) process.exit(EXIT.interrupted);
  stop.abort();
}
// npm passes on the signal that the terminal has already sent.
let lastSignalMs = Number.NEGATIVE_INFINITY;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    const isEcho = performance.now() - lastSignalMs < 100;
    lastSignalMs = performance.now();
    if (!isEcho) stopOnSignal();
  });
// A reader such as head closes the pipe when it has enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? EXIT.done : EXIT.notAll),
);

const program = imagesProgram(run);
for (const command of [program, ...program.commands])
  command.exitOverride().configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "")) });
program.parseAsync(process.argv).catch(fail);
