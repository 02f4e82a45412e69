import { join } from "node:path";
import {
  ASYNCHRONOUS_INVOCATION,
  FAILURE_RECORDER,
  IMAGE_PROCESSOR,
  type LambdaBundles,
  QUEUED_UPLOADS,
} from "../contract/deployment";
import type { ProcessorVariables, RecorderVariables } from "../contract/processing-settings";
import { AsynchronousInvoker, type InvocationTarget } from "./aws/lambda/asynchronous-invoker";
import type { FunctionConfiguration } from "./aws/lambda/function-configuration";
import type { InvocableFunction } from "./aws/lambda/invoke-server";
import { type FunctionLog, LocalFunction } from "./aws/lambda/local-function";
import { QueueConsumer } from "./aws/lambda/queue-consumer";
import type { MessageQueue } from "./aws/sqs/message-queue";
import type { SqsServer } from "./aws/sqs/sqs-server";
import { startFaultProxy } from "./faults/fault-proxy";
import { DisturbedFunction, type Interference } from "./faults/interference";
import { ACCOUNT, CREDENTIALS, NAMES, PROCESSED_BUCKET, REGION, SOURCE_BUCKET } from "./local-account";
import type { LocalQueues } from "./local-queues";
import { concurrencyOf, type LocalSettings } from "./local-settings";

export interface LocalFunctionsOptions {
  /** Where queues are kept. */
  readonly directory: string;
  /** Directories with `index.js` and the packages beside it, for this machine. */
  readonly bundles: LambdaBundles;
  readonly settings: LocalSettings;
  /** Factor on time limits, retry delays and the maximum event age; 1 is as on AWS. */
  readonly timeScale: number;
  /** Factor on the time limits alone, where it differs: work takes its time however fast the rest runs. */
  readonly timeLimitScale?: number;
  /** Further variables of both functions. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly interference?: { readonly imageProcessor?: Interference; readonly failureRecorder?: Interference };
  readonly onLog: (log: FunctionLog) => void;
  /** Told in a sentence what went wrong beside the functions. */
  readonly onTrouble: (sentence: string) => void;
}

export interface Endpoints {
  readonly s3: string;
  readonly dynamodb: string;
}

/** What the functions use. */
export interface FunctionServices {
  readonly endpoints: Endpoints;
  readonly queues: LocalQueues;
  readonly sqs: Pick<SqsServer, "endpoint" | "urlOf">;
}

export interface LocalFunctions {
  /** Takes events as S3 sends them. */
  readonly imageProcessor: AsynchronousInvoker;
  /** Takes failure records. */
  readonly failureRecorder: AsynchronousInvoker;
  /** Both, by their names. */
  readonly functions: ReadonlyMap<string, InvocableFunction>;
}

/**
 * Starts both functions with their queues; each hands `onClose` what ends it. Both send what they give up to one dead
 * letter queue; what the processor gives up also goes to the recorder. Where uploads wait in a queue, the processor takes them
 * from there, and the recorder what failed too often.
 */
export async function startLocalFunctions(
  options: LocalFunctionsOptions,
  { endpoints, queues, sqs }: FunctionServices,
  onClose: (closer: () => Promise<void>) => void,
): Promise<LocalFunctions> {
  const { settings, bundles, interference = {} } = options;
  const functions = new Map<string, InvocableFunction>();
  const start = async ({ interfering, ...part }: FunctionPart, queueName: string, onFailure?: AsynchronousInvoker) => {
    const proxy = interfering && (await startFaultProxy({ ...endpoints, interference: interfering }));
    if (proxy) onClose(proxy.close);
    const services = proxy ? { s3: proxy.endpoint, dynamodb: proxy.endpoint } : endpoints;
    const environment = { ...part.environment, ...emulatorVariables(services), ...options.variables };
    const lambda = localFunction({ ...part, environment }, options);
    const target = interfering ? new DisturbedFunction(lambda, interfering) : lambda;
    const invoker = await AsynchronousInvoker.open({
      target,
      directory: join(options.directory, "events", part.name),
      ...ASYNCHRONOUS_INVOCATION,
      timeoutSeconds: part.timeoutSeconds,
      timeScale: options.timeScale,
      deadLetterQueue: queues.deadLetterQueue,
      onFailure,
      onTrouble: options.onTrouble,
    });
    functions.set(part.name, { lambda, invoker });
    const queue = queues.byName.get(queueName);
    const consumer = queue && consume(queue, queueName, target, invoker, options);
    onClose(async () => {
      invoker.stop();
      consumer?.stop();
      await lambda.close();
      await Promise.all([invoker.close(), consumer?.close()]);
    });
    return invoker;
  };

  const failureRecorder = await start(
    {
      name: NAMES.failureRecorder,
      codeDirectory: bundles.failureRecorder,
      ...FAILURE_RECORDER,
      environment: {
        ...recorderVariables(settings),
        ...(queues.queued && {
          DEAD_LETTER_QUEUE_URL: sqs.urlOf(NAMES.deadLetterQueue),
          AWS_ENDPOINT_URL_SQS: sqs.endpoint,
        }),
      },
      interfering: interference.failureRecorder,
    },
    NAMES.failedQueue,
  );
  const imageProcessor = await start(
    {
      name: NAMES.imageProcessor,
      codeDirectory: bundles.imageProcessor,
      memoryMb: settings.LAMBDA_MEMORY_MB,
      timeoutSeconds: settings.LAMBDA_TIMEOUT_S,
      environment: { ...processorVariables(settings), ...IMAGE_PROCESSOR.allocation },
      interfering: interference.imageProcessor,
    },
    NAMES.uploadQueue,
    failureRecorder,
  );
  return { failureRecorder, imageProcessor, functions };
}

function consume(
  queue: MessageQueue,
  queueName: string,
  target: InvocationTarget,
  invoker: AsynchronousInvoker,
  { onTrouble }: LocalFunctionsOptions,
): QueueConsumer {
  return new QueueConsumer({
    queue,
    queueArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${queueName}`,
    region: REGION,
    target,
    batchSize: QUEUED_UPLOADS.batchSize,
    onCapacity: () => invoker.wake(),
    onTrouble,
  });
}

/** What tells one function from the other; the time limit before scaling. */
type FunctionPart = Pick<
  FunctionConfiguration,
  "name" | "codeDirectory" | "memoryMb" | "timeoutSeconds" | "environment"
> & { readonly interfering?: Interference };

function localFunction(
  part: Omit<FunctionPart, "interfering">,
  { settings, timeScale, timeLimitScale = timeScale, onLog }: LocalFunctionsOptions,
): LocalFunction {
  return new LocalFunction(
    {
      ...part,
      node: settings.LAMBDA_NODE,
      arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${part.name}`,
      timeoutSeconds: part.timeoutSeconds * timeLimitScale,
      concurrency: concurrencyOf(settings),
      region: REGION,
      credentials: CREDENTIALS,
    },
    onLog,
  );
}

const recorderVariables = ({ recording }: LocalSettings): RecorderVariables => ({
  SOURCE_BUCKET,
  METADATA_TABLE: NAMES.metadataTable,
  ...recording,
});

const processorVariables = ({ processing }: LocalSettings): ProcessorVariables => ({
  SOURCE_BUCKET,
  PROCESSED_BUCKET,
  METADATA_TABLE: NAMES.metadataTable,
  ...processing,
});

const emulatorVariables = (endpoints: Endpoints) => ({
  AWS_ENDPOINT_URL_S3: endpoints.s3,
  AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
  S3_FORCE_PATH_STYLE: "true",
  // Says which Node.js the developer runs, in every sandbox; the deployed function has another.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
});
