import { CloudwatchCompositeAlarm } from "@cdktf/provider-aws/lib/cloudwatch-composite-alarm";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import {
  ALARM_PERIOD_SECONDS,
  type AlarmLimits,
  alarmsOf,
  PIPELINE_UNHEALTHY,
  type Statistic,
  type Watched,
} from "../../contract/alarms";
import type { WatchedResources } from "../../contract/metrics";
import type { UploadTriggerKind } from "../../contract/names";
import type { AwsAccount } from "./aws-account";
import type { AlarmTopic } from "./monitoring";

export interface PipelineAlarmsProps {
  readonly account: AwsAccount;
  readonly environmentSuffix: string;
  readonly uploadTrigger: UploadTriggerKind;
  readonly topic: AlarmTopic;
  readonly resources: WatchedResources;
  readonly limits: AlarmLimits;
}

/** The alarms of the pipeline, each with the topic as its action, and one over those that mean harm. */
export class PipelineAlarms extends Construct {
  /** The alarm over all first. */
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string, props: PipelineAlarmsProps) {
    super(scope, id);
    const alarms = alarmsOf(props.uploadTrigger).map((definition) => {
      const alarm = new CloudwatchMetricAlarm(this, definition.id, {
        alarmName: definition.name(props.environmentSuffix),
        alarmDescription: definition.description,
        ...watching(definition.watches, props.resources),
        evaluationPeriods: definition.evaluationPeriods,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: definition.threshold(props.limits),
        treatMissingData: "notBreaching",
        alarmActions: [props.topic.arn],
      });
      return { name: alarm.alarmName, unhealthy: definition.unhealthy };
    });
    const harmful = alarms.filter(({ unhealthy }) => unhealthy);
    const composite = new CloudwatchCompositeAlarm(this, PIPELINE_UNHEALTHY.id, {
      alarmName: PIPELINE_UNHEALTHY.name(props.environmentSuffix),
      alarmDescription: PIPELINE_UNHEALTHY.description,
      alarmRule: harmful.map(({ name }) => `ALARM(${name})`).join(" OR\n"),
      alarmActions: [props.topic.arn],
      // Also tells when it is over, which none of the single alarms can.
      okActions: [props.topic.arn],
    });
    const names = [composite.alarmName, ...alarms.map(({ name }) => name)];
    this.arns = names.map((name) => props.account.arn("cloudwatch", `alarm:${name}`));
  }
}

function watching(watched: Watched, resources: WatchedResources) {
  const { namespace, name, dimensions } = watched.metric(resources);
  const metric = { namespace, metricName: name, dimensions: { ...dimensions }, period: ALARM_PERIOD_SECONDS };
  if (watched.kind === "statistic") return { ...metric, ...statisticProps(watched.statistic) };
  const query = (id: string, stat: string) => ({ id, metric: { ...metric, stat } });
  return {
    metricQuery: [
      {
        id: "percentage",
        expression: `IF(images >= ${watched.minimumCount}, 100 * share, 0)`,
        label: `${name} in percent`,
        returnData: true,
      },
      query("share", "Average"),
      query("images", "SampleCount"),
    ],
  };
}

const statisticProps = (statistic: Statistic) =>
  statistic === "p95" ? { extendedStatistic: statistic } : { statistic };
