import { ASYNCHRONOUS_INVOCATION, DEAD_LETTER_RETENTION_DAYS, MAXIMUM_ATTEMPTS } from "./deployment";
import { lambdaMetric, type MetricSource, pipelineMetric, queueMetric, throttledUpdates } from "./metrics";
import type { UploadTriggerKind } from "./names";
import type { SettingName, SettingValues } from "./settings";
import { countInWords, durationInWords } from "./words";

/** Seconds over which every alarm's statistic is taken. */
export const ALARM_PERIOD_SECONDS = 300;
/** Fewer images than this in a period say nothing about their share. */
const MINIMUM_IMAGES = 20;

export type Statistic = "Sum" | "Average" | "Maximum" | "p95";

/**
 * What is held against the threshold: a statistic over a period, or in percent the average of a metric that is 0 or 1 for each
 * image, which counts as 0 below `minimumCount` images.
 */
export type Watched =
  | { readonly kind: "statistic"; readonly metric: MetricSource; readonly statistic: Statistic }
  | { readonly kind: "percentage"; readonly metric: MetricSource; readonly minimumCount: number };

/** The settings that decide when alarms go off. */
export type AlarmLimits = SettingValues<
  "LAMBDA_TIMEOUT_S" | Exclude<Extract<SettingName, `ALARM_${string}`>, "ALARM_EMAIL">
>;

/** Goes off when what it watches is at or above the threshold in `evaluationPeriods` periods in a row. Silence is no alarm. */
export interface AlarmDefinition {
  /** Id of the construct, and so part of the alarm's Terraform address; also its heading in docs/runbook.md. */
  readonly id: string;
  readonly name: (suffix: string) => string;
  /** What it means, and the first thing to do. */
  readonly description: string;
  /** Whether images are lost or left undone meanwhile. The others say that they soon may be, or come late. */
  readonly unhealthy: boolean;
  readonly watches: Watched;
  /** In the metric's unit, or in percent. */
  readonly threshold: (limits: AlarmLimits) => number;
  readonly evaluationPeriods: number;
  /** What differs where uploads wait in a queue. The id stays, so that changing the way changes the alarm and makes no other. */
  readonly inQueueMode?: Pick<AlarmDefinition, "description" | "watches" | "threshold">;
  /** Watches what there is in that mode alone. */
  readonly onlyInQueueMode?: boolean;
}

const EVENT_AGE = durationInWords(ASYNCHRONOUS_INVOCATION.maximumEventAgeSeconds);
const MS_PER_SECOND = 1000;
const SECONDS_PER_HOUR = 3600;
/** The reference system's: 20,000 ms of 30 s. */
const HIGH_DURATION_SHARE = 2 / 3;

/** All of them as they are in Lambda's own mode. */
export const ALARMS: readonly AlarmDefinition[] = [
  {
    id: "high-error-rate",
    name: (suffix) => `image-processor-high-error-rate-${suffix}`,
    description:
      "Alert when Lambda error rate is too high: attempts fail for a reason outside the images, and are repeated. First: npm run images -- stats, and read which reason leads.",
    unhealthy: true,
    watches: { kind: "statistic", metric: lambdaMetric("imageProcessor", "Errors"), statistic: "Sum" },
    threshold: (limits) => limits.ALARM_ERRORS_PER_5_MIN,
    evaluationPeriods: 2,
  },
  {
    id: "high-duration",
    name: (suffix) => `image-processor-high-duration-${suffix}`,
    description:
      "Alert when Lambda duration is too high: images take two thirds of the time limit on average. First: look whether they grew or S3 and the table became slow; then raise LAMBDA_MEMORY_MB, which also gives more CPU.",
    unhealthy: false,
    watches: { kind: "statistic", metric: lambdaMetric("imageProcessor", "Duration"), statistic: "Average" },
    threshold: ({ LAMBDA_TIMEOUT_S }) => Math.round(HIGH_DURATION_SHARE * LAMBDA_TIMEOUT_S * MS_PER_SECOND),
    evaluationPeriods: 2,
  },
  {
    id: "duration-near-limit",
    name: (suffix) => `image-processor-duration-near-limit-${suffix}`,
    description:
      "One image in twenty takes nearly the whole time limit, and larger ones will not be finished. First: find the slowest with the saved query, then raise LAMBDA_MEMORY_MB or LAMBDA_TIMEOUT_S.",
    unhealthy: false,
    watches: { kind: "statistic", metric: lambdaMetric("imageProcessor", "Duration"), statistic: "p95" },
    threshold: ({ LAMBDA_TIMEOUT_S, ALARM_P95_DURATION_PERCENT }) =>
      Math.round((ALARM_P95_DURATION_PERCENT / 100) * LAMBDA_TIMEOUT_S * MS_PER_SECOND),
    evaluationPeriods: 2,
  },
  {
    id: "throttles",
    name: (suffix) => `image-processor-throttles-${suffix}`,
    description:
      "Uploads arrive faster than the function may run at once, and wait. First: look at the age of waiting uploads on the dashboard; raise RESERVED_CONCURRENCY when it grows.",
    unhealthy: false,
    watches: { kind: "statistic", metric: lambdaMetric("imageProcessor", "Throttles"), statistic: "Sum" },
    threshold: (limits) => limits.ALARM_THROTTLES_PER_5_MIN,
    evaluationPeriods: 3,
  },
  {
    id: "event-age",
    name: (suffix) => `image-processor-event-age-${suffix}`,
    description: `Uploads wait long for their turn; after ${EVENT_AGE} Lambda gives them up. First: raise RESERVED_CONCURRENCY, which takes effect within seconds.`,
    unhealthy: true,
    watches: { kind: "statistic", metric: lambdaMetric("imageProcessor", "AsyncEventAge"), statistic: "Maximum" },
    threshold: ({ ALARM_EVENT_AGE_S }) => ALARM_EVENT_AGE_S * MS_PER_SECOND,
    evaluationPeriods: 1,
    inQueueMode: {
      description:
        "Uploads wait long for their turn; after QUEUE_RETENTION_DAYS SQS deletes their events. First: look on the dashboard whether the backlog still grows; then raise RESERVED_CONCURRENCY.",
      watches: {
        kind: "statistic",
        metric: queueMetric("uploadQueue", "ApproximateAgeOfOldestMessage"),
        statistic: "Maximum",
      },
      threshold: (limits) => limits.ALARM_EVENT_AGE_S,
    },
  },
  {
    id: "dropped-events",
    name: (suffix) => `image-processor-dropped-events-${suffix}`,
    description: `Lambda gave uploads up, after ${countInWords(MAXIMUM_ATTEMPTS)} attempts or ${EVENT_AGE} of waiting; their events are in the dead letter queue. First: npm run images -- list --status failed, and read the reasons.`,
    unhealthy: true,
    watches: { kind: "statistic", metric: lambdaMetric("imageProcessor", "AsyncEventsDropped"), statistic: "Sum" },
    threshold: () => 1,
    evaluationPeriods: 1,
    inQueueMode: {
      description:
        "The processor failed on uploads as often as it may; they are recorded as failed, and their events become dead letters. First: npm run images -- list --status failed, and read the reasons.",
      watches: { kind: "statistic", metric: pipelineMetric("failureRecorder", "ImagesFailed"), statistic: "Sum" },
      threshold: () => 1,
    },
  },
  {
    id: "dead-letter-errors",
    name: (suffix) => `image-processor-dead-letter-errors-${suffix}`,
    description:
      "Events that Lambda gave up could not be kept in the dead letter queue and are gone. First: check that the queue exists and the function's role may send to it; then npm run images -- backfill, which finds the uploads again.",
    unhealthy: true,
    watches: { kind: "statistic", metric: lambdaMetric("imageProcessor", "DeadLetterErrors"), statistic: "Sum" },
    threshold: () => 1,
    evaluationPeriods: 1,
  },
  {
    id: "destination-failures",
    name: (suffix) => `image-processor-destination-failures-${suffix}`,
    description:
      "The failure recorder was not told of uploads that were given up: their records still say processing or pending. First: check that the recorder exists and the processor's role may invoke it; then npm run images -- replay.",
    unhealthy: true,
    watches: {
      kind: "statistic",
      metric: lambdaMetric("imageProcessor", "DestinationDeliveryFailures"),
      statistic: "Sum",
    },
    threshold: () => 1,
    evaluationPeriods: 1,
  },
  {
    id: "failure-recorder-errors",
    name: (suffix) => `image-failure-recorder-errors-${suffix}`,
    description:
      "Alert when a failed image could not be recorded as failed: its record may not tell the truth. First: read the recorder's errors with the saved query; it is repeated twice by itself.",
    unhealthy: true,
    watches: { kind: "statistic", metric: lambdaMetric("failureRecorder", "Errors"), statistic: "Sum" },
    threshold: () => 1,
    evaluationPeriods: 1,
  },
  {
    id: "unrecorded-failures",
    name: (suffix) => `image-uploads-unrecorded-${suffix}`,
    description:
      "Uploads that failed wait to be recorded: nobody takes them from their queue, and their records do not tell the truth. First: look whether the recorder's event source mapping is enabled, then at its errors with the saved query.",
    unhealthy: false,
    onlyInQueueMode: true,
    watches: {
      kind: "statistic",
      metric: queueMetric("failedQueue", "ApproximateNumberOfMessagesVisible"),
      statistic: "Maximum",
    },
    threshold: () => 1,
    evaluationPeriods: 3,
  },
  {
    id: "dead-letters",
    name: (suffix) => `image-processor-dead-letters-${suffix}`,
    description:
      "Alert when events wait in the dead letter queue: these uploads are not processed until somebody sends them again. First: npm run images -- list --status failed; repair the cause, then npm run images -- replay.",
    unhealthy: true,
    watches: {
      kind: "statistic",
      metric: queueMetric("deadLetterQueue", "ApproximateNumberOfMessagesVisible"),
      statistic: "Maximum",
    },
    threshold: (limits) => limits.ALARM_DEAD_LETTERS_COUNT,
    evaluationPeriods: 1,
  },
  {
    id: "dead-letter-age",
    name: (suffix) => `image-processor-dead-letter-age-${suffix}`,
    description: `Dead letters wait for days; SQS deletes them after ${DEAD_LETTER_RETENTION_DAYS}. First: npm run images -- replay, or stop deciding and delete what nobody needs.`,
    unhealthy: true,
    watches: {
      kind: "statistic",
      metric: queueMetric("deadLetterQueue", "ApproximateAgeOfOldestMessage"),
      statistic: "Maximum",
    },
    threshold: ({ ALARM_DEAD_LETTER_AGE_HOURS }) => ALARM_DEAD_LETTER_AGE_HOURS * SECONDS_PER_HOUR,
    evaluationPeriods: 1,
  },
  {
    id: "rejected-rate",
    name: (suffix) => `image-processor-rejected-rate-${suffix}`,
    description:
      "Many uploads are no images that can be processed: an application sends the wrong files, a limit is too low, or somebody tries. First: npm run images -- stats, and read which code leads.",
    unhealthy: false,
    watches: {
      kind: "percentage",
      metric: pipelineMetric("imageProcessor", "ImagesRejected"),
      minimumCount: MINIMUM_IMAGES,
    },
    threshold: (limits) => limits.ALARM_REJECTED_PERCENT,
    evaluationPeriods: 2,
  },
  {
    id: "table-throttles",
    name: (suffix) => `image-metadata-throttles-${suffix}`,
    description:
      "DynamoDB refuses updates of records: traffic doubled within half an hour, or one partition of an index is too hot. First: look on the dashboard which of table and indexes is throttled.",
    unhealthy: false,
    watches: { kind: "statistic", metric: throttledUpdates, statistic: "Sum" },
    threshold: (limits) => limits.ALARM_TABLE_THROTTLES_PER_5_MIN,
    evaluationPeriods: 1,
  },
];

/** The alarms of an environment, by the way that its uploads take. */
export const alarmsOf = (trigger: UploadTriggerKind): readonly AlarmDefinition[] =>
  ALARMS.filter((alarm) => trigger === "queue" || !alarm.onlyInQueueMode).map((alarm) =>
    trigger === "queue" ? { ...alarm, ...alarm.inQueueMode } : alarm,
  );

/** Goes off while any alarm that is `unhealthy` does. */
export const PIPELINE_UNHEALTHY = {
  id: "pipeline-unhealthy",
  name: (suffix: string): string => `image-pipeline-unhealthy-${suffix}`,
  description:
    "Images are lost or left undone. First: look which of the alarms below it is on, and follow its section in docs/runbook.md.",
} as const;
