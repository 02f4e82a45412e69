import { join, resolve } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import type { LambdaBundles } from "../../bundling/stage-lambda-bundles";
import { FAILURE_RECORDER, IMAGE_PROCESSOR } from "../../contract/deployment";
import { resourceNames, UPLOAD_PREFIX, type UploadTriggerKind } from "../../contract/names";
import { processingDefaults } from "../../contract/processing-settings";
import type { FunctionConfiguration } from "../../local/aws/lambda/function-configuration";
import type { S3Event } from "../../local/aws/s3/s3-event";
import { startS3Server } from "../../local/aws/s3/s3-server";
import { MessageQueue } from "../../local/aws/sqs/message-queue";
import { startSqsServer } from "../../local/aws/sqs/sqs-server";
import { startMetadataDatabase } from "../../local/metadata-database";
import { listPreviews, readRecords } from "./pipeline-contents";
import { startDeliveries, type UploadDeliveries } from "./upload-deliveries";
import { type FunctionFaults, type Services, WatchedFunction } from "./watched-function";

const REGION = "us-east-1";
export const ACCOUNT_ID = "123456789012";
const CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local-secret" };
const names = resourceNames("dev");

/** What the functions of a watched pipeline use. */
export const RESOURCES = {
  sourceBucket: names.sourceBucket(ACCOUNT_ID),
  processedBucket: names.processedBucket(ACCOUNT_ID),
  table: names.metadataTable,
} as const;

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

/** The whole local system with both functions behind proxies that can break any request. */
export async function startWatchedPipeline(options: WatchedPipelineOptions) {
  const { directory, timeScale } = options;
  const database = await startMetadataDatabase({
    directory: join(directory, "table"),
    port: 0,
    region: REGION,
    credentials: CREDENTIALS,
    tableName: RESOURCES.table,
  });
  const receivers: { deliveries?: UploadDeliveries } = {};
  const storage = await startS3Server({
    directory: join(directory, "s3"),
    port: 0,
    region: REGION,
    credentials: { [CREDENTIALS.accessKeyId]: CREDENTIALS.secretAccessKey },
    buckets: [{ name: RESOURCES.sourceBucket, eventPrefix: UPLOAD_PREFIX }, { name: RESOURCES.processedBucket }],
    onObjectCreated: async (event) => {
      if (options.onUpload) await options.onUpload(event);
      else await receivers.deliveries?.deliver(event);
    },
  });
  const services: Services = { s3: storage.endpoint, dynamodb: database.endpoint };
  const processor = await WatchedFunction.start(processorConfiguration(options), services, options.processor ?? {});
  const deadLetterQueue = await MessageQueue.open({ directory: join(directory, "dead-letters") });
  const recorderDeadLetters = await MessageQueue.open({ directory: join(directory, "recorder-dead-letters") });
  const sqs = await startSqsServer({
    port: 0,
    account: ACCOUNT_ID,
    region: REGION,
    credentials: { [CREDENTIALS.accessKeyId]: CREDENTIALS.secretAccessKey },
    queues: new Map([[names.deadLetterQueue, deadLetterQueue]]),
  });
  const keepsLetters = options.trigger === "queue" && { queueUrl: sqs.urlOf(names.deadLetterQueue), ...sqs };
  const recorder = await WatchedFunction.start(
    recorderConfiguration(options, keepsLetters || undefined),
    services,
    options.recorder ?? {},
  );
  const troubles: string[] = [];
  const deliveries = await startDeliveries({
    trigger: options.trigger ?? "lambda",
    directory,
    region: REGION,
    account: ACCOUNT_ID,
    timeScale,
    processor,
    recorder,
    timeoutSeconds: {
      processor: options.timeoutSeconds ?? PROCESSOR_LIMITS.timeoutSeconds,
      recorder: FAILURE_RECORDER.timeoutSeconds,
    },
    deadLetterQueue,
    recorderDeadLetters,
    onTrouble: (sentence) => void troubles.push(sentence),
  });
  receivers.deliveries = deliveries;

  const s3 = new S3Client({
    endpoint: storage.endpoint,
    region: REGION,
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  const dynamodb = new DynamoDBClient({ endpoint: database.endpoint, region: REGION, credentials: CREDENTIALS });
  return {
    /** A client of its own, past every proxy. */
    s3,
    processor,
    recorder,
    deadLetterQueue,
    recorderDeadLetters,
    /** What the local system itself could not do; empty when all is well. */
    troubles,
    deliver: (event: unknown) => deliveries.deliver(event),
    /** Accepted events that are not done with. */
    get backlog(): number {
      return deliveries.backlog;
    },
    records: () => readRecords(dynamodb, RESOURCES.table),
    previewKeys: () => listPreviews(s3, RESOURCES.processedBucket),
    async close(): Promise<void> {
      deliveries.stop();
      await Promise.all([processor.close(), recorder.close()]);
      await deliveries.close();
      s3.destroy();
      dynamodb.destroy();
      await Promise.all([storage.close(), database.close(), sqs.close()]);
    },
  };
}

const PROCESSOR_LIMITS = { memoryMb: 1024, timeoutSeconds: 30 };

function configuration(name: string, codeDirectory: string, environment: Readonly<Record<string, string>>) {
  return {
    name,
    arn: `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}`,
    codeDirectory,
    region: REGION,
    credentials: CREDENTIALS,
    environment: {
      ...environment,
      S3_FORCE_PATH_STYLE: "true",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      // Quoted, because directories may have spaces in their names.
      NODE_OPTIONS: `--require ${JSON.stringify(resolve("checks/faults/announce-process.cjs"))}`,
    },
  };
}

function processorConfiguration(options: WatchedPipelineOptions): FunctionConfiguration {
  const { bundles, environment, concurrency = 10 } = options;
  const { memoryMb = PROCESSOR_LIMITS.memoryMb, timeoutSeconds = PROCESSOR_LIMITS.timeoutSeconds } = options;
  return {
    ...configuration(names.imageProcessor, bundles.imageProcessor, {
      SOURCE_BUCKET: RESOURCES.sourceBucket,
      PROCESSED_BUCKET: RESOURCES.processedBucket,
      METADATA_TABLE: RESOURCES.table,
      ...processingDefaults,
      ...IMAGE_PROCESSOR.allocation,
      ...environment,
    }),
    memoryMb,
    timeoutSeconds,
    concurrency,
  };
}

/** Where the recorder keeps dead letters itself. */
interface KeptLetters {
  readonly queueUrl: string;
  readonly endpoint: string;
}

function recorderConfiguration({ bundles }: WatchedPipelineOptions, letters?: KeptLetters): FunctionConfiguration {
  const { LOG_LEVEL, RECORD_TTL_DAYS } = processingDefaults;
  return {
    ...configuration(names.failureRecorder, bundles.failureRecorder, {
      SOURCE_BUCKET: RESOURCES.sourceBucket,
      METADATA_TABLE: RESOURCES.table,
      LOG_LEVEL,
      RECORD_TTL_DAYS,
      ...(letters && { DEAD_LETTER_QUEUE_URL: letters.queueUrl, AWS_ENDPOINT_URL_SQS: letters.endpoint }),
    }),
    ...FAILURE_RECORDER,
    concurrency: 2,
  };
}
