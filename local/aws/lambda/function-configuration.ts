/** What `aws_lambda_function` says about a function, as far as it matters on this machine. */
export interface FunctionConfiguration {
  readonly name: string;
  readonly arn: string;
  /** Directory with the `index.js` that exports `handler`. */
  readonly codeDirectory: string;
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
