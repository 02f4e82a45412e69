import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";
import {
  lambdaMetric,
  type MetricSource,
  pipelineMetric,
  queueMetric,
  tableMetric,
  throttledUpdates,
  type WatchedResources,
} from "../../contract/metrics";
import type { UploadTriggerKind } from "../../contract/names";
import { queryText, REASONS_OF_FAILURE } from "../../contract/saved-queries";

const WIDGET_WIDTH = 12;
const WIDGET_HEIGHT = 6;
const MS_PER_SECOND = 1000;
const MB_PER_GB = 1024;

export interface PipelineDashboardProps {
  readonly name: string;
  readonly region: string;
  readonly uploadTrigger: UploadTriggerKind;
  readonly resources: WatchedResources;
  /** Names of the log groups of both functions. */
  readonly logGroups: readonly string[];
  /** ARNs of all alarms. */
  readonly alarms: readonly string[];
  /** Of the image processor. */
  readonly memoryMb: number;
}

/** A widget without its place: the rows below are filled from the left. */
interface Widget {
  readonly type: "metric" | "log" | "alarm";
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * The reference's two graphs, and what people on call look for: what became of the uploads, why some failed, what waits, how
 * long it takes and what it costs, over the last six hours.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export class PipelineDashboard extends Construct {
  constructor(scope: Construct, id: string, props: PipelineDashboardProps) {
    super(scope, id);
    const widgets = [...referenceGraphs(props), ...outcome(props), ...waiting(props), ...effort(props)];
    const placed = widgets.map((widget, index) => ({
      type: widget.type,
      x: (index % 2) * WIDGET_WIDTH,
      y: Math.floor(index / 2) * WIDGET_HEIGHT,
      width: WIDGET_WIDTH,
      height: WIDGET_HEIGHT,
      properties: widget.properties,
    }));
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.name,
      // On lines of its own, like a policy.
      dashboardBody: JSON.stringify({ start: "-PT6H", widgets: placed }, null, 2),
    });
  }
}

type Line = readonly unknown[];
type Options = Readonly<Record<string, unknown>>;

const graph = ({ region }: PipelineDashboardProps, title: string, metrics: readonly Line[], options: Options = {}) => ({
  type: "metric" as const,
  properties: { view: "timeSeries", title, region, metrics, ...options },
});

function line({ resources }: PipelineDashboardProps, source: MetricSource, stat: string, options: Options = {}): Line {
  const { namespace, name, dimensions } = source(resources);
  return [namespace, name, ...Object.entries(dimensions).flat(), { stat, ...options }];
}

function referenceGraphs(props: PipelineDashboardProps): readonly Widget[] {
  const metric = (name: "Invocations" | "Errors" | "Duration", stat: string) =>
    line(props, lambdaMetric("imageProcessor", name), stat);
  return [
    graph(props, "Lambda Invocations", [metric("Invocations", "Sum"), metric("Errors", "Sum")]),
    graph(props, "Lambda Duration", [metric("Duration", "Average")]),
  ];
}

function outcome(props: PipelineDashboardProps): readonly Widget[] {
  const sum = (source: MetricSource, label: string) => line(props, source, "Sum", { label });
  const outcomes = [
    sum(
      props.uploadTrigger === "queue"
        ? queueMetric("uploadQueue", "NumberOfMessagesSent")
        : lambdaMetric("imageProcessor", "AsyncEventsReceived"),
      "uploaded",
    ),
    sum(pipelineMetric("imageProcessor", "ImagesCompleted"), "completed"),
    sum(pipelineMetric("imageProcessor", "ImagesRejected"), "rejected"),
    sum(pipelineMetric("failureRecorder", "ImagesFailed"), "failed"),
  ];
  const query = [...props.logGroups.map((group) => `SOURCE '${group}'`), queryText(REASONS_OF_FAILURE)].join("\n| ");
  return [
    graph(props, "Uploads and what became of them", outcomes, { view: "singleValue", setPeriodToTimeRange: true }),
    { type: "alarm", properties: { title: "Alarms", alarms: props.alarms } },
    graph(props, "Uploads and what became of them, by time", [
      ...outcomes,
      sum(pipelineMetric("imageProcessor", "ImagesRetried"), "to be repeated"),
      sum(pipelineMetric("imageProcessor", "DuplicatesSkipped"), "delivered again"),
    ]),
    {
      type: "log",
      properties: { view: "table", title: "Reasons of failure", region: props.region, query },
    },
  ];
}

function waiting(props: PipelineDashboardProps): readonly Widget[] {
  const right = { yAxis: "right" };
  const uploads =
    props.uploadTrigger === "queue"
      ? [
          line(props, queueMetric("uploadQueue", "ApproximateAgeOfOldestMessage"), "Maximum", {
            label: "oldest upload, s",
            ...right,
          }),
          line(props, queueMetric("uploadQueue", "ApproximateNumberOfMessagesVisible"), "Maximum", {
            label: "uploads",
          }),
          line(props, queueMetric("failedQueue", "ApproximateNumberOfMessagesVisible"), "Maximum", {
            label: "failed, to be recorded",
          }),
        ]
      : [
          line(props, lambdaMetric("imageProcessor", "AsyncEventAge"), "Maximum", {
            label: "oldest upload, ms",
            ...right,
          }),
        ];
  return [
    graph(props, "What waits", [
      ...uploads,
      line(props, lambdaMetric("imageProcessor", "ConcurrentExecutions"), "Maximum", { label: "at work" }),
      line(props, lambdaMetric("imageProcessor", "Throttles"), "Sum", { label: "told to wait" }),
      line(props, queueMetric("deadLetterQueue", "ApproximateNumberOfMessagesVisible"), "Maximum", {
        label: "dead letters",
      }),
    ]),
    graph(props, "Table: what it refuses", [
      line(props, throttledUpdates, "Sum", { label: "updates refused" }),
      line(props, tableMetric("WriteThrottleEvents"), "Sum", { label: "by the table" }),
      line(props, tableMetric("WriteThrottleEvents", "StatusIndex"), "Sum", { label: "by StatusIndex" }),
      line(props, tableMetric("WriteThrottleEvents", "UserIndex"), "Sum", { label: "by UserIndex" }),
    ]),
  ];
}

function effort(props: PipelineDashboardProps): readonly Widget[] {
  const time = pipelineMetric("imageProcessor", "ProcessingTime");
  const gigabyteSeconds = {
    expression: `busy / ${MS_PER_SECOND} * ${props.memoryMb / MB_PER_GB}`,
    label: "Lambda, GB-s",
  };
  const right = { yAxis: "right" };
  return [
    graph(props, "How long an image takes, ms", [
      line(props, time, "p50", { label: "half of them" }),
      line(props, time, "p95", { label: "19 of 20" }),
      line(props, time, "p99", { label: "99 of 100" }),
      line(props, pipelineMetric("imageProcessor", "DecodeTime"), "p95", { label: "decoding, 19 of 20" }),
    ]),
    graph(props, "What costs money", [
      line(props, lambdaMetric("imageProcessor", "Duration"), "Sum", { id: "busy", visible: false }),
      [gigabyteSeconds],
      line(props, tableMetric("ConsumedWriteCapacityUnits"), "Sum", { label: "table, write units" }),
      line(props, tableMetric("ConsumedWriteCapacityUnits", "StatusIndex"), "Sum", {
        label: "StatusIndex, write units",
      }),
      line(props, tableMetric("ConsumedWriteCapacityUnits", "UserIndex"), "Sum", { label: "UserIndex, write units" }),
      line(props, pipelineMetric("imageProcessor", "BytesIn"), "Sum", { label: "originals, bytes", ...right }),
      line(props, pipelineMetric("imageProcessor", "BytesOut"), "Sum", { label: "previews, bytes", ...right }),
    ]),
  ];
}
