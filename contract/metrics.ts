import { type METADATA_TABLE, METRIC_DIMENSION, METRIC_NAMESPACE, METRICS, type MetricName } from "./names";

/** Names of the resources that have metrics, as AWS knows them. */
export interface WatchedResources {
  readonly imageProcessor: string;
  readonly failureRecorder: string;
  readonly deadLetterQueue: string;
  readonly metadataTable: string;
  /** Both exist only where uploads wait in a queue. */
  readonly uploadQueue: string;
  readonly failedQueue: string;
}

/** One metric as CloudWatch keeps it: it is found under exactly these dimensions and no others. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A metric of the pipeline, before its resources have names. */
export type MetricSource = (resources: WatchedResources) => Metric;

/**
 * What AWS emits about functions, queues and tables, each with the one set of dimensions that is used here.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
export const AWS_METRICS = {
  "AWS/Lambda": {
    dimensions: ["FunctionName"],
    names: [
      "Invocations",
      "Errors",
      "Duration",
      "Throttles",
      "ConcurrentExecutions",
      "AsyncEventsReceived",
      "AsyncEventAge",
      "AsyncEventsDropped",
      "DeadLetterErrors",
      "DestinationDeliveryFailures",
    ],
  },
  "AWS/SQS": {
    dimensions: ["QueueName"],
    names: ["NumberOfMessagesSent", "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"],
  },
  /** Requests by operation: a request counts as throttled when the table or any of its indexes refuses its part. */
  "AWS/DynamoDB requests": { dimensions: ["TableName", "Operation"], names: ["ThrottledRequests"] },
  /** Of the table alone, without its indexes. */
  "AWS/DynamoDB table": { dimensions: ["TableName"], names: ["ConsumedWriteCapacityUnits", "WriteThrottleEvents"] },
  "AWS/DynamoDB index": {
    dimensions: ["TableName", "GlobalSecondaryIndexName"],
    names: ["ConsumedWriteCapacityUnits", "WriteThrottleEvents"],
  },
} as const;

type NameIn<K extends keyof typeof AWS_METRICS> = (typeof AWS_METRICS)[K]["names"][number];
type LambdaSubject = "imageProcessor" | "failureRecorder";
type QueueSubject = "deadLetterQueue" | "uploadQueue" | "failedQueue";
type IndexName = (typeof METADATA_TABLE.indexes)[number]["name"];

export const lambdaMetric =
  (subject: LambdaSubject, name: NameIn<"AWS/Lambda">): MetricSource =>
  (resources) => ({ namespace: "AWS/Lambda", name, dimensions: { FunctionName: resources[subject] } });

export const queueMetric =
  (subject: QueueSubject, name: NameIn<"AWS/SQS">): MetricSource =>
  (resources) => ({ namespace: "AWS/SQS", name, dimensions: { QueueName: resources[subject] } });

/** Requests that the functions make to the table: every attempt of an image begins with an update. */
export const throttledUpdates: MetricSource = ({ metadataTable }) => ({
  namespace: "AWS/DynamoDB",
  name: "ThrottledRequests",
  dimensions: { TableName: metadataTable, Operation: "UpdateItem" },
});

/** Of the table, or of one of its indexes. */
export const tableMetric =
  (name: NameIn<"AWS/DynamoDB table">, index?: IndexName): MetricSource =>
  ({ metadataTable }) => ({
    namespace: "AWS/DynamoDB",
    name,
    dimensions: { TableName: metadataTable, ...(index && { GlobalSecondaryIndexName: index }) },
  });

/** What the functions emit themselves. */
export const pipelineMetric =
  (subject: LambdaSubject, name: MetricName): MetricSource =>
  (resources) => ({ namespace: METRIC_NAMESPACE, name, dimensions: { [METRIC_DIMENSION]: resources[subject] } });

/** Every metric that exists in a namespace, as `namespace name dimension,dimension`. */
export const EXISTING_METRICS: readonly string[] = [
  ...Object.entries(AWS_METRICS).flatMap(([family, { dimensions, names }]) =>
    names.map((name) => signature(family.split(" ")[0] ?? "", name, dimensions)),
  ),
  ...Object.keys(METRICS).map((name) => signature(METRIC_NAMESPACE, name, [METRIC_DIMENSION])),
];

export const signatureOf = ({ namespace, name, dimensions }: Metric): string =>
  signature(namespace, name, Object.keys(dimensions));

function signature(namespace: string, name: string, dimensions: readonly string[]): string {
  return `${namespace} ${name} ${dimensions.join(",")}`;
}
