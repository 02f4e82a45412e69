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

/** Environment variables of the image processor, in the order of the documentation. */
export const PROCESSOR_VARIABLES = [
  "SOURCE_BUCKET",
  "PROCESSED_BUCKET",
  "METADATA_TABLE",
  "LOG_LEVEL",
  "MAX_IMAGE_SIZE",
  "MAX_IMAGE_PIXELS",
  "PREVIEW_SIZES",
  "PREVIEW_FORMAT",
  "RECORD_TTL_DAYS",
] as const;
export type ProcessorVariable = (typeof PROCESSOR_VARIABLES)[number];

/** Environment variables of the failure recorder. */
export const RECORDER_VARIABLES = ["SOURCE_BUCKET", "METADATA_TABLE", "LOG_LEVEL", "RECORD_TTL_DAYS"] as const;
export type RecorderVariable = (typeof RECORDER_VARIABLES)[number];
/** Only where uploads come through a queue: Lambda itself puts dead letters there otherwise. */
export type RecorderQueueVariable = "DEAD_LETTER_QUEUE_URL";

/** How the events of uploads reach the image processor: S3 invokes it, or through a queue that can hold them for days. */
export const UPLOAD_TRIGGERS = ["lambda", "queue"] as const;
export type UploadTriggerKind = (typeof UPLOAD_TRIGGERS)[number];

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
