import { resolve } from "node:path";
import { paginateScan } from "@aws-sdk/client-dynamodb";
import { paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { S3Event } from "aws-lambda";
import type { LambdaBundles } from "../../contract/deployment";
import { PREVIEW_PREFIX, type UploadTriggerKind } from "../../contract/names";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { Invocation } from "../../local/aws/lambda/invocation";
import { NAMES } from "../../local/local-account";
import { type LocalSettings, readLocalSettings } from "../../local/local-settings";
import { startLocalSystem } from "../../local/local-system";
import { connectPipeline, type Pipeline } from "../../operations/pipeline-clients";
import { type FunctionFaults, WatchedFunction } from "./watched-function";

/** Not scaled: retries come fast, and images take their time all the same. */
const TIME_LIMIT_SCALE = 1;

export interface WatchedPipelineOptions {
  /** An empty directory for everything that is kept. */
  readonly directory: string;
  readonly bundles: LambdaBundles;
  /** Factor on Lambda's retry delays of 60 s and 120 s and on the maximum event age of an hour. */
  readonly timeScale: number;
  /** The processor's limits, in real seconds and MB. */
  readonly timeoutSeconds?: number;
  readonly memoryMb?: number;
  readonly concurrency?: number;
  /** Variables of the processor that differ from the defaults. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly processor?: FunctionFaults;
  readonly recorder?: FunctionFaults;
  /** What becomes of the event of an upload; without it the processor gets it. */
  readonly onUpload?: (event: S3Event) => Promise<void>;
  /** The way that events take; `lambda` where nothing is said. */
  readonly trigger?: UploadTriggerKind;
}

export type WatchedPipeline = Awaited<ReturnType<typeof startWatchedPipeline>>;

/** The local system with both functions behind proxies that can break any request. */
export async function startWatchedPipeline(options: WatchedPipelineOptions) {
  const processor = new WatchedFunction(options.processor);
  const recorder = new WatchedFunction(options.recorder);
  const troubles: string[] = [];
  const system = await startLocalSystem({
    directory: options.directory,
    bundles: options.bundles,
    settings: settingsOf(options),
    s3Port: 0,
    dynamodbPort: 0,
    lambdaPort: 0,
    sqsPort: 0,
    timeScale: options.timeScale,
    timeLimitScale: TIME_LIMIT_SCALE,
    // Quoted, because directories may have spaces in their names.
    variables: { NODE_OPTIONS: `--require ${JSON.stringify(resolve("checks/faults/announce-process.cjs"))}` },
    interference: { imageProcessor: processor, failureRecorder: recorder },
    onUpload: options.onUpload,
    onLog: (log) => (log.functionName === NAMES.imageProcessor ? processor : recorder).logged(log),
    onTrouble: (sentence) => void troubles.push(sentence),
  });
  const pipeline = connectPipeline(system.environment);
  return {
    /** Clients of its own, past every proxy. */
    ...pipeline,
    processor,
    recorder,
    deadLetterQueue: system.deadLetterQueue,
    /** Of the dead letters, those that the recorder itself left. */
    recorderDeadLetters: async () => (await system.deadLetterQueue.list()).filter(({ body }) => isFailureRecord(body)),
    /** What the local system itself could not do; empty when all is well. */
    troubles,
    deliver: system.deliver,
    /** Runs the processor at once, under a request id of the caller's choice. */
    invokeProcessor(payload: string, requestId: string): Promise<Invocation> {
      const invocable = system.functions.get(NAMES.imageProcessor);
      if (!invocable) throw new Error("the local system must have the image processor");
      return invocable.lambda.invoke(payload, requestId);
    },
    /** Accepted events that are not done with. */
    get backlog(): number {
      return system.backlog();
    },
    records: () => readRecords(pipeline),
    previewKeys: () => listPreviews(pipeline),
    async close(): Promise<void> {
      pipeline.close();
      await system.close();
    },
  };
}

function settingsOf(options: WatchedPipelineOptions): LocalSettings {
  const settings = readLocalSettings({});
  const {
    timeoutSeconds = settings.LAMBDA_TIMEOUT_S,
    memoryMb = settings.LAMBDA_MEMORY_MB,
    concurrency = settings.RESERVED_CONCURRENCY,
    trigger = settings.UPLOAD_TRIGGER,
  } = options;
  const processing = { ...settings.processing, ...options.environment };
  return {
    ...settings,
    LAMBDA_TIMEOUT_S: timeoutSeconds,
    LAMBDA_MEMORY_MB: memoryMb,
    RESERVED_CONCURRENCY: concurrency,
    UPLOAD_TRIGGER: trigger,
    processing,
  };
}

const isFailureRecord = (body: string): boolean => JSON.parse(body)?.requestContext !== undefined;

/** Every record, as the table has it now. */
async function readRecords({ dynamodb, metadataTable }: Pipeline): Promise<readonly ImageRecord[]> {
  const records: ImageRecord[] = [];
  for await (const page of paginateScan({ client: dynamodb }, { TableName: metadataTable, ConsistentRead: true }))
    records.push(...(page.Items ?? []).map((item) => unmarshall(item) as ImageRecord));
  return records;
}

/** Keys of every preview. */
async function listPreviews({ s3, processedBucket }: Pipeline): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: processedBucket, Prefix: PREVIEW_PREFIX }))
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
  return keys;
}
