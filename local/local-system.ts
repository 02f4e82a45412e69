import { join } from "node:path";
import type { S3Event } from "aws-lambda";
import { UPLOAD_CORS } from "../contract/deployment";
import { notifiedBy, UPLOAD_PREFIX } from "../contract/names";
import type { PipelineEnvironment } from "../operations/pipeline-environment";
import { startInvokeServer } from "./aws/lambda/invoke-server";
import { type S3BucketOptions, startS3Server } from "./aws/s3/s3-server";
import type { MessageQueue } from "./aws/sqs/message-queue";
import { startSqsServer } from "./aws/sqs/sqs-server";
import { UploadFaults } from "./faults/upload-faults";
import { ACCOUNT, CREDENTIALS, NAMES, PROCESSED_BUCKET, REGION, SOURCE_BUCKET } from "./local-account";
import { type LocalFunctions, type LocalFunctionsOptions, startLocalFunctions } from "./local-functions";
import { openLocalQueues, type QueuedUploads } from "./local-queues";
import { startMetadataDatabase } from "./metadata-database";

/** Everybody knows the credentials, so that any page could sign requests: only pages of this machine may send them. */
const LOCAL_ORIGINS = ["http://localhost:*", "http://127.0.0.1:*"];

const BUCKETS: readonly S3BucketOptions[] = [
  {
    name: SOURCE_BUCKET,
    eventPrefix: UPLOAD_PREFIX,
    corsRules: [{ ...UPLOAD_CORS, allowedOrigins: LOCAL_ORIGINS }],
  },
  { name: PROCESSED_BUCKET },
];

/** `directory` holds everything. The caller makes sure that no other system uses it. */
export interface LocalSystemOptions extends LocalFunctionsOptions {
  /** 0: any free port. */
  readonly s3Port: number;
  readonly dynamodbPort: number;
  readonly lambdaPort: number;
  readonly sqsPort: number;
  /** What becomes of the event of an upload; without it the processor gets it. */
  readonly onUpload?: (event: S3Event) => Promise<void>;
  /** Told of every record that was written or deleted. */
  readonly onRecordWritten?: (key: { readonly imageId: string }) => void;
}

export interface LocalSystem extends LocalFunctions {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Switches for the next uploads. */
  readonly faults: UploadFaults;
  readonly s3Endpoint: string;
  readonly dynamodbEndpoint: string;
  readonly lambdaEndpoint: string;
  readonly sqsEndpoint: string;
  readonly sourceBucket: string;
  readonly processedBucket: string;
  readonly metadataTable: string;
  readonly deadLetterQueue: MessageQueue;
  /** Only where uploads wait in a queue, or did until now. */
  readonly queuedUploads?: QueuedUploads;
  /** Gives an event to the processor the way that S3 does: resolves when it is on the disk. */
  deliver(event: unknown): Promise<void>;
  /** Accepted events that processor and recorder are not done with. */
  backlog(): number;
  /** The same as one environment among others, for operations. */
  readonly environment: PipelineEnvironment;
  /** Kills what runs and resolves when nothing is left; unfinished events are delivered at the next start. */
  close(): Promise<void>;
}

/**
 * Starts buckets, table, queue and both functions, wired as the stack wires them, all on 127.0.0.1.
 * @throws {Error} EADDRINUSE with the taken port; one sentence when the directory cannot be used. Nothing is left running.
 */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await startParts(options, (closer) => closers.push(closer))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type OnClose = (closer: () => Promise<void>) => void;

async function startParts(options: LocalSystemOptions, onClose: OnClose): Promise<Omit<LocalSystem, "close">> {
  const { directory } = options;
  const shared = { region: REGION, credentials: CREDENTIALS };
  const signed = { region: REGION, credentials: { [CREDENTIALS.accessKeyId]: CREDENTIALS.secretAccessKey } };
  const database = await startMetadataDatabase({
    ...shared,
    directory: join(directory, "dynamodb"),
    port: options.dynamodbPort,
    tableName: NAMES.metadataTable,
    onWritten: options.onRecordWritten,
  });
  onClose(database.close);

  const queues = await openLocalQueues(options);
  const sqs = await startSqsServer({ ...signed, port: options.sqsPort, account: ACCOUNT, queues: queues.byName });
  onClose(sqs.close);

  const faults = new UploadFaults(SOURCE_BUCKET);
  const startingS3 = startS3Server({
    ...signed,
    directory: join(directory, "s3"),
    port: options.s3Port,
    buckets: BUCKETS,
    // An upload that comes before the functions are there waits for their queue.
    onObjectCreated: async (event) => {
      await startingFunctions;
      if (options.onUpload) return options.onUpload(event);
      for (let delivery = faults.uploaded(event); delivery > 0; delivery--) await deliver(event);
    },
  });
  const deliver = async (event: unknown): Promise<void> => {
    if (queues.queued && notifiedBy(options.settings.UPLOAD_TRIGGER) === "queue")
      await queues.queued.uploadQueue.send(JSON.stringify(event));
    else await (await startingFunctions).imageProcessor.enqueue(event);
  };
  const startingFunctions = startingS3.then(async (s3) => {
    onClose(s3.close);
    const services = { s3: s3.endpoint, dynamodb: database.endpoint };
    const interference = { imageProcessor: faults, ...options.interference };
    return startLocalFunctions({ ...options, interference }, { endpoints: services, queues, sqs }, onClose);
  });
  const localFunctions = await startingFunctions;
  const { functions, imageProcessor, failureRecorder } = localFunctions;
  const lambda = await startInvokeServer({ ...signed, port: options.lambdaPort, functions });
  onClose(lambda.close);
  const endpoints = {
    s3: (await startingS3).endpoint,
    dynamodb: database.endpoint,
    lambda: lambda.endpoint,
    sqs: sqs.endpoint,
  };
  const resources = {
    sourceBucket: SOURCE_BUCKET,
    processedBucket: PROCESSED_BUCKET,
    metadataTable: NAMES.metadataTable,
  };
  return {
    ...shared,
    ...localFunctions,
    ...resources,
    s3Endpoint: endpoints.s3,
    dynamodbEndpoint: endpoints.dynamodb,
    lambdaEndpoint: endpoints.lambda,
    sqsEndpoint: endpoints.sqs,
    deadLetterQueue: queues.deadLetterQueue,
    queuedUploads: queues.queued,
    deliver,
    backlog: () => {
      const waiting = Object.values(queues.queued ?? {}).flatMap((queue: MessageQueue) =>
        Object.values(queue.counts()),
      );
      return waiting.reduce((sum, messages) => sum + messages, imageProcessor.size + failureRecorder.size);
    },
    faults,
    environment: {
      ...resources,
      region: REGION,
      processorName: NAMES.imageProcessor,
      deadLetterQueueUrl: sqs.urlOf(NAMES.deadLetterQueue),
      ...(queues.queued && { uploadQueueUrl: sqs.urlOf(NAMES.uploadQueue) }),
      local: { endpoints, credentials: CREDENTIALS },
    },
  };
}
