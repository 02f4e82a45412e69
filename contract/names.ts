/**
 * The names that the stack, both functions and the local system share. Data only: whoever imports this file learns what
 * things are called, never how they work.
 */

export const UPLOAD_PREFIX = "uploads/";
export const PREVIEW_PREFIX = "previews/";

/** Names of the AWS resources of one environment. Bucket names also carry the 12-digit account id. */
export const resourceNames = (suffix: string) =>
  ({
    imageProcessor: `image-processor-${suffix}`,
    failureRecorder: `image-failure-recorder-${suffix}`,
    metadataTable: `image-metadata-${suffix}`,
    deadLetterQueue: `image-processor-dlq-${suffix}`,
    uploadQueue: `image-uploads-${suffix}`,
    failedQueue: `image-uploads-failed-${suffix}`,
    alarmTopic: `image-pipeline-alarms-${suffix}`,
    dashboard: `image-processor-metrics-${suffix}`,
    sourceBucket: (account: string) => `photo-uploads-${account}-${suffix}`,
    processedBucket: (account: string) => `photo-processed-${account}-${suffix}`,
    accessLogBucket: (account: string) => `photo-access-logs-${account}-${suffix}`,
  }) as const;

/** Keys and indexes of the metadata table. `timestamp` is a number of seconds, the other key attributes are strings. */
export const METADATA_TABLE = {
  partitionKey: "imageId",
  sortKey: "timestamp",
  timeToLiveAttribute: "ttl",
  indexes: [
    { name: "StatusIndex", partitionKey: "processingStatus" },
    { name: "UserIndex", partitionKey: "userId" },
  ],
} as const;

/** Runtimes and architectures that Lambda offers and the bundles are built for. */
export const LAMBDA_RUNTIMES = ["nodejs24.x", "nodejs22.x"] as const;
export type LambdaRuntime = (typeof LAMBDA_RUNTIMES)[number];
export const LAMBDA_ARCHITECTURES = ["x86_64", "arm64"] as const;
export type LambdaArchitecture = (typeof LAMBDA_ARCHITECTURES)[number];

/** How the events of uploads reach the image processor: S3 invokes it, or through a queue that can hold them for days. */
export const UPLOAD_TRIGGERS = ["lambda", "queue"] as const;
export type UploadTriggerKind = (typeof UPLOAD_TRIGGERS)[number];
/** `drain` is the way back from the queue: new events go to Lambda, and the queue is kept until it is empty. */
export const UPLOAD_TRIGGER_SETTINGS = [...UPLOAD_TRIGGERS, "drain"] as const;
export type UploadTriggerSetting = (typeof UPLOAD_TRIGGER_SETTINGS)[number];
/** Where S3 sends the events of new uploads. */
export const notifiedBy = (setting: UploadTriggerSetting): UploadTriggerKind =>
  setting === "drain" ? "lambda" : setting;
/** The slower way that an event may still take: it is what has to be watched, and what other limits go by. */
export const slowestOf = (setting: UploadTriggerSetting): UploadTriggerKind =>
  setting === "drain" ? "queue" : setting;

export const METRIC_NAMESPACE = "ImagePipeline";
export const METRIC_DIMENSION = "FunctionName";

/** Every metric that the functions emit, with its CloudWatch unit. */
export const METRICS = {
  ImagesCompleted: "Count",
  ImagesRejected: "Count",
  ImagesRetried: "Count",
  ImagesFailed: "Count",
  DuplicatesSkipped: "Count",
  ProcessingTime: "Milliseconds",
  DecodeTime: "Milliseconds",
  BytesIn: "Bytes",
  BytesOut: "Bytes",
} as const;
export type MetricName = keyof typeof METRICS;
