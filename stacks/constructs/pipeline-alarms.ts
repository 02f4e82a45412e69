import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { ALARM_PERIOD_SECONDS, ALARMS, type AlarmDefinition, type AlarmSubject } from "../../lambda-src/contract";
import type { AlarmTopic } from "./alarm-topic";

/** How CloudWatch calls the metrics of each subject. */
const METRICS_OF: Readonly<Record<AlarmSubject, { readonly namespace: string; readonly dimension: string }>> = {
  imageProcessor: { namespace: "AWS/Lambda", dimension: "FunctionName" },
  failureRecorder: { namespace: "AWS/Lambda", dimension: "FunctionName" },
  deadLetterQueue: { namespace: "AWS/SQS", dimension: "QueueName" },
};

export interface PipelineAlarmsProps {
  readonly environmentSuffix: string;
  readonly topic: AlarmTopic;
  /** Name of the resource behind each subject. */
  readonly subjects: Readonly<Record<AlarmSubject, string>>;
  /** Time limit of the image processor, in seconds. */
  readonly timeoutSeconds: number;
}

/** The alarms of the contract, each with the topic as its action. Silence is no alarm. */
export class PipelineAlarms extends Construct {
  constructor(scope: Construct, id: string, props: PipelineAlarmsProps) {
    super(scope, id);
    for (const alarm of ALARMS) {
      const { namespace, dimension } = METRICS_OF[alarm.subject];
      new CloudwatchMetricAlarm(this, alarm.id, {
        alarmName: alarm.name(props.environmentSuffix),
        alarmDescription: alarm.description,
        namespace,
        metricName: alarm.metric,
        dimensions: { [dimension]: props.subjects[alarm.subject] },
        statistic: alarm.statistic,
        period: ALARM_PERIOD_SECONDS,
        evaluationPeriods: alarm.evaluationPeriods,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: thresholdOf(alarm, props.timeoutSeconds),
        treatMissingData: "notBreaching",
        alarmActions: [props.topic.arn],
      });
    }
  }
}

function thresholdOf({ threshold }: AlarmDefinition, timeoutSeconds: number): number {
  return typeof threshold === "number" ? threshold : Math.round(threshold.partOfTimeLimit * timeoutSeconds * 1000);
}
