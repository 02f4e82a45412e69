import { Command, CommanderError } from "commander";
import { LOCAL_SETTING_NAMES, SETTINGS } from "../contract/settings";

export interface StartOptions {
  readonly port: number;
  readonly s3Port: number;
  readonly dynamodbPort: number;
  readonly lambdaPort: number;
  readonly sqsPort: number;
  readonly directory: string;
  readonly timeScale: number;
  /** Of a deployed environment whose console is wanted instead of the local system. */
  readonly outputs?: string;
}

/** A flag that is none of ours or has a value that it cannot have. */
export class BadFlag extends Error {
  override readonly name = "BadFlag";
}

/** The options of a start, or the help text that is asked for. @throws {BadFlag} one sentence that names the flag */
export function parseStartOptions(args: readonly string[]): StartOptions | string {
  const command = startCommand();
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return command.helpInformation();
    throw new BadFlag(`${error.message.replace(/^error: /, "")}; npm start -- --help lists the options`);
  }
  const options = command.opts<StartOptions>();
  const { port, s3Port, dynamodbPort, lambdaPort, sqsPort } = options;
  checkPortsDiffer({
    "--port": port,
    "--s3-port": s3Port,
    "--dynamodb-port": dynamodbPort,
    "--lambda-port": lambdaPort,
    "--sqs-port": sqsPort,
  });
  return options;
}

function startCommand(): Command {
  return new Command("npm start --")
    .description(
      `Runs the image pipeline on this machine. Everything listens on 127.0.0.1.

These settings of the deployed stack hold here too, from the environment:

${LOCAL_SETTING_NAMES.map((name) => `  ${name}=${SETTINGS[name].default}`).join("\n")}

LAMBDA_NODE names another Node to run the functions with, by its path.`,
    )
    .option("--port <port>", "port of the web console", port("--port"), 3000)
    .option("--s3-port <port>", "port of the S3 endpoint", port("--s3-port"), 9000)
    .option("--dynamodb-port <port>", "port of the DynamoDB endpoint", port("--dynamodb-port"), 8000)
    .option("--lambda-port <port>", "port of the Lambda endpoint", port("--lambda-port"), 9001)
    .option("--sqs-port <port>", "port of the SQS endpoint", port("--sqs-port"), 9324)
    .option(
      "--directory <path>",
      "where everything is kept across restarts",
      path("--directory", "directory"),
      ".local",
    )
    .option(
      "--time-scale <factor>",
      "factor on time limit, retry delays, event age and alarm periods: 0.1 is ten times as fast",
      parseTimeScale,
      1,
    )
    .option(
      "--outputs <file>",
      "instead of all this, the console of a deployed environment, with your own AWS credentials: FILE is what cdktf deploy --outputs-file wrote; only --port goes with it",
      path("--outputs", "file"),
    )
    .helpOption("--help", "this text")
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} });
}

function checkPortsDiffer(ports: Readonly<Record<string, number>>): void {
  const flagOf = new Map<number, string>();
  for (const [flag, port] of Object.entries(ports)) {
    const other = flagOf.get(port);
    if (other && port !== 0) throw new BadFlag(`${other} and ${flag} must be different ports, got ${port} for both`);
    flagOf.set(port, flag);
  }
}

/** 0 lets the system choose. */
const port = (flag: string) => (text: string) => {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new BadFlag(`${flag} must be a port from 0 to 65535, got ${JSON.stringify(text)}`);
};

const path = (flag: string, kind: "directory" | "file") => (text: string) => {
  if (text !== "") return text;
  throw new BadFlag(`${flag} must name a ${kind}, got ""`);
};

function parseTimeScale(text: string): number {
  const scale = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || scale < 0.001 || scale > 1)
    throw new BadFlag(`--time-scale must be a number from 0.001 to 1, got ${JSON.stringify(text)}`);
  return scale;
}
