import { randomBytes } from "node:crypto";

/** What `aws_lambda_function` says about a function, as far as it matters on this machine. */
export interface FunctionConfiguration {
  readonly name: string;
  readonly arn: string;
  /** Directory with the `index.js` that exports `handler`. */
  readonly codeDirectory: string;
  /** The program that runs the bundle; absent: the Node that runs this. */
  readonly node?: string | undefined;
  readonly memoryMb: number;
  /** Hard limit of one invocation, in real seconds. */
  readonly timeoutSeconds: number;
  /** Invocations that may run at once, >= 1. */
  readonly concurrency: number;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The function's own variables. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The whole environment of a sandbox: the function's variables and those that Lambda sets, but for the runtime's name. Nothing comes from the
 * environment of the local system, so that a developer's own credentials never reach a function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function sandboxEnvironment(configuration: FunctionConfiguration): Record<string, string> {
  const { name, memoryMb, region, credentials, codeDirectory } = configuration;
  const date = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
  return {
    ...configuration.environment,
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    LAMBDA_TASK_ROOT: codeDirectory,
    _HANDLER: "index.handler",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${date}/[$LATEST]${randomBytes(16).toString("hex")}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}
