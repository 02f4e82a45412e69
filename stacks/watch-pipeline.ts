import type { Construct } from "constructs";
import type { WatchedResources } from "../contract/metrics";
import { AlarmTopic } from "./constructs/alarm-topic";
import type { AwsAccount } from "./constructs/aws-account";
import { PipelineAlarms } from "./constructs/pipeline-alarms";
import { PipelineDashboard } from "./constructs/pipeline-dashboard";
import { SavedLogQueries, type SavedLogQueriesProps } from "./constructs/saved-log-queries";
import type { StackSettings } from "./settings";

export interface WatchProps {
  readonly account: AwsAccount;
  readonly settings: StackSettings;
  readonly topicName: string;
  readonly dashboardName: string;
  readonly resources: WatchedResources;
  readonly logGroups: SavedLogQueriesProps["logGroups"];
}

/** Alarms with their topic, the dashboard and the saved queries, directly in the stack. */
export function watchPipeline(stack: Construct, props: WatchProps): void {
  const { account, settings, resources, logGroups } = props;
  const { environmentSuffix, region, memoryMb, timeoutSeconds, uploadTrigger } = settings;
  const topic = new AlarmTopic(stack, "alarm-topic", { account, name: props.topicName, email: settings.alarmEmail });
  const alarms = new PipelineAlarms(stack, "pipeline-alarms", {
    account,
    environmentSuffix,
    uploadTrigger,
    topic,
    resources,
    limits: { ...settings.alarms, timeoutSeconds },
  });
  new PipelineDashboard(stack, "pipeline-dashboard", {
    name: props.dashboardName,
    region,
    uploadTrigger,
    resources,
    logGroups: Object.values(logGroups),
    alarms: alarms.arns,
    memoryMb,
  });
  new SavedLogQueries(stack, "saved-log-queries", { environmentSuffix, uploadTrigger, logGroups });
}
