import * as v from "valibot";

/** One deployed or local environment: what it is called, and where it is. */
export interface PipelineEnvironment {
  readonly region: string;
  readonly sourceBucket: string;
  readonly processedBucket: string;
  readonly metadataTable: string;
  readonly processorName: string;
  readonly deadLetterQueueUrl: string;
  /** Where uploads wait, when they go through a queue. */
  readonly uploadQueueUrl?: string;
  /** Only of a system that runs on a developer's machine. */
  readonly local?: LocalAccess;
}

export interface LocalAccess {
  /** `http://127.0.0.1:PORT` each. */
  readonly endpoints: { readonly s3: string; readonly dynamodb: string; readonly lambda: string; readonly sqs: string };
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Nothing that names an environment, or something that names it badly. Its message is one sentence. */
export class UnusableEnvironment extends Error {
  override readonly name = "UnusableEnvironment";
}

const named = v.pipe(v.string(), v.nonEmpty());
/** The outputs of the stack, under their names. The local system adds how to reach it. */
const outputsSchema = v.object({
  SourceBucketName: named,
  ProcessedBucketName: named,
  MetadataTableName: named,
  LambdaFunctionName: named,
  DeadLetterQueueUrl: named,
  UploadQueueUrl: v.optional(named),
  Region: named,
  LocalAccess: v.optional(
    v.object({
      endpoints: v.object({ s3: named, dynamodb: named, lambda: named, sqs: named }),
      credentials: v.object({ accessKeyId: named, secretAccessKey: named }),
    }),
  ),
});
export type PipelineOutputs = v.InferInput<typeof outputsSchema>;

/**
 * Reads what `cdktf deploy --outputs-file` wrote: outputs by the name of their stack.
 * @param source names the file in messages
 * @throws {UnusableEnvironment}
 */
export function parseOutputs(text: string, source: string): PipelineEnvironment {
  const stacks = Object.values(parseObject(text, source));
  const [outputs, ...more] = stacks.filter(
    (stack) => typeof stack === "object" && stack && "SourceBucketName" in stack,
  );
  if (!outputs || more.length > 0)
    throw new UnusableEnvironment(
      `${source} must hold the outputs of one image pipeline, got those of ${outputs ? more.length + 1 : "none"}`,
    );
  const parsed = v.safeParse(outputsSchema, outputs);
  if (!parsed.success) {
    const name = parsed.issues[0].path?.map(({ key }) => String(key)).join(".");
    throw new UnusableEnvironment(`${source} must hold the output ${name}: deploy again with --outputs-file`);
  }
  const { output } = parsed;
  return {
    region: output.Region,
    sourceBucket: output.SourceBucketName,
    processedBucket: output.ProcessedBucketName,
    metadataTable: output.MetadataTableName,
    processorName: output.LambdaFunctionName,
    deadLetterQueueUrl: output.DeadLetterQueueUrl,
    ...(output.UploadQueueUrl && { uploadQueueUrl: output.UploadQueueUrl }),
    ...(output.LocalAccess && { local: output.LocalAccess }),
  };
}

/** The same in the form that `parseOutputs` reads. @param stackName what the outputs are filed under */
export function formatOutputs(environment: PipelineEnvironment, stackName: string): string {
  const { local } = environment;
  const outputs: PipelineOutputs = {
    SourceBucketName: environment.sourceBucket,
    ProcessedBucketName: environment.processedBucket,
    MetadataTableName: environment.metadataTable,
    LambdaFunctionName: environment.processorName,
    DeadLetterQueueUrl: environment.deadLetterQueueUrl,
    ...(environment.uploadQueueUrl && { UploadQueueUrl: environment.uploadQueueUrl }),
    Region: environment.region,
    ...(local && { LocalAccess: { endpoints: local.endpoints, credentials: keysOf(local.credentials) } }),
  };
  return `${JSON.stringify({ [stackName]: outputs }, null, 2)}\n`;
}

/** Clients of the SDK note on the object itself where they have it from. */
const keysOf = ({ accessKeyId, secretAccessKey }: LocalAccess["credentials"]) => ({ accessKeyId, secretAccessKey });

function parseObject(text: string, source: string): object {
  const refusal = `${source} must be JSON as cdktf deploy --outputs-file writes it`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UnusableEnvironment(refusal, { cause });
  }
  if (typeof value === "object" && value !== null) return value;
  throw new UnusableEnvironment(refusal);
}

/** The variables that name an environment; the first three as the processor itself has them. */
export const ENVIRONMENT_VARIABLES = [
  "SOURCE_BUCKET",
  "PROCESSED_BUCKET",
  "METADATA_TABLE",
  "PROCESSOR_FUNCTION",
  "DEAD_LETTER_QUEUE_URL",
] as const;

/**
 * The environment that variables name, with `AWS_REGION` or `AWS_DEFAULT_REGION`, and `UPLOAD_QUEUE_URL` where uploads go through
 * a queue; undefined when they name none.
 * @throws {UnusableEnvironment} when they name a part of one
 */
export function environmentOfVariables(
  variables: Readonly<Record<string, string | undefined>>,
): PipelineEnvironment | undefined {
  const [sourceBucket, processedBucket, metadataTable, processorName, deadLetterQueueUrl] = ENVIRONMENT_VARIABLES.map(
    (name) => variables[name],
  );
  const region = variables.AWS_REGION || variables.AWS_DEFAULT_REGION;
  if (!ENVIRONMENT_VARIABLES.some((name) => variables[name])) return undefined;
  if (sourceBucket && processedBucket && metadataTable && processorName && deadLetterQueueUrl && region)
    return {
      region,
      sourceBucket,
      processedBucket,
      metadataTable,
      processorName,
      deadLetterQueueUrl,
      ...(variables.UPLOAD_QUEUE_URL && { uploadQueueUrl: variables.UPLOAD_QUEUE_URL }),
    };
  const missing = [
    ...ENVIRONMENT_VARIABLES.filter((name) => !variables[name]),
    ...(region ? [] : (["AWS_REGION"] as const)),
  ];
  throw new UnusableEnvironment(
    `The environment variables name a part of an environment only: set ${missing.join(", ")}`,
  );
}
