import { parseArgs } from "node:util";
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

export const USAGE = `npm start -- [options]

Runs the image pipeline on this machine. Everything listens on 127.0.0.1.

  --port 3000            port of the web console
  --s3-port 9000         port of the S3 endpoint
  --dynamodb-port 8000   port of the DynamoDB endpoint
  --lambda-port 9001     port of the Lambda endpoint
  --sqs-port 9324        port of the SQS endpoint
  --directory .local     where everything is kept across restarts
  --time-scale 1         factor on time limit, retry delays, event age and alarm periods: 0.1 is ten times as fast
  --outputs FILE         instead of all this, the console of a deployed environment, with your own AWS credentials: FILE is
                         what cdktf deploy --outputs-file wrote; only --port goes with it
  --help                 this text

These settings of the deployed stack hold here too, from the environment:

${LOCAL_SETTING_NAMES.map((name) => `  ${name}=${SETTINGS[name].default}`).join("\n")}

LAMBDA_NODE names another Node to run the functions with, by its path.`;

/** A flag that is none of ours or has a value that it cannot have. */
export class BadFlag extends Error {
  override readonly name = "BadFlag";
}

/** The options of a start, or `"help"`. @throws {BadFlag} one sentence that names the flag */
export function parseStartOptions(args: readonly string[]): StartOptions | "help" {
  const values = parseFlags(args);
  if (values.help) return "help";
  const options = {
    port: parsePort("--port", values.port),
    s3Port: parsePort("--s3-port", values["s3-port"]),
    dynamodbPort: parsePort("--dynamodb-port", values["dynamodb-port"]),
    lambdaPort: parsePort("--lambda-port", values["lambda-port"]),
    sqsPort: parsePort("--sqs-port", values["sqs-port"]),
    directory: values.directory,
    timeScale: parseTimeScale(values["time-scale"]),
    ...(values.outputs !== undefined && { outputs: values.outputs }),
  };
  if (options.outputs === "") throw new BadFlag('--outputs must name a file, got ""');
  if (options.directory === "") throw new BadFlag('--directory must name a directory, got ""');
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

function checkPortsDiffer(ports: Readonly<Record<string, number>>): void {
  const flagOf = new Map<number, string>();
  for (const [flag, port] of Object.entries(ports)) {
    const other = flagOf.get(port);
    if (other && port !== 0) throw new BadFlag(`${other} and ${flag} must be different ports, got ${port} for both`);
    flagOf.set(port, flag);
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: "3000" },
        "s3-port": { type: "string", default: "9000" },
        "dynamodb-port": { type: "string", default: "8000" },
        "lambda-port": { type: "string", default: "9001" },
        "sqs-port": { type: "string", default: "9324" },
        directory: { type: "string", default: ".local" },
        "time-scale": { type: "string", default: "1" },
        outputs: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    // Node's own sentence, without the second one about positional arguments.
    const [sentence = ""] = (error as Error).message.split(". ");
    throw new BadFlag(`${sentence}; npm start -- --help lists the options`);
  }
}

/** 0 lets the system choose. */
function parsePort(flag: string, text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new BadFlag(`${flag} must be a port from 0 to 65535, got ${JSON.stringify(text)}`);
  return port;
}

function parseTimeScale(text: string): number {
  const scale = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || scale < 0.001 || scale > 1)
    throw new BadFlag(`--time-scale must be a number from 0.001 to 1, got ${JSON.stringify(text)}`);
  return scale;
}
