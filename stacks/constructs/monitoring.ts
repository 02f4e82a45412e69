import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import type { WatchedResources } from "../../contract/metrics";
import { slowestOf, type UploadTriggerKind } from "../../contract/names";
import { queryText, type SavedQuery, savedQueriesOf } from "../../contract/saved-queries";
import type { StackSettings } from "../settings";
import type { AwsAccount } from "./aws-account";
import { PipelineAlarms } from "./pipeline-alarms";
import { PipelineDashboard } from "./pipeline-dashboard";
import { denyInsecureTransport, policyDocument } from "./policy-document";

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
  const environmentSuffix = settings.ENVIRONMENT_SUFFIX;
  const uploadTrigger = slowestOf(settings.UPLOAD_TRIGGER);
  const topic = new AlarmTopic(stack, "alarm-topic", { account, name: props.topicName, email: settings.ALARM_EMAIL });
  const alarms = new PipelineAlarms(stack, "pipeline-alarms", {
    account,
    environmentSuffix,
    uploadTrigger,
    topic,
    resources,
    limits: settings,
  });
  new PipelineDashboard(stack, "pipeline-dashboard", {
    name: props.dashboardName,
    region: settings.AWS_REGION,
    uploadTrigger,
    resources,
    logGroups: Object.values(logGroups),
    alarms: alarms.arns,
    memoryMb: settings.LAMBDA_MEMORY_MB,
  });
  new SavedLogQueries(stack, "saved-log-queries", { environmentSuffix, uploadTrigger, logGroups });
}

interface AlarmTopicProps {
  readonly account: AwsAccount;
  readonly name: string;
  /** SNS asks this address for its consent before it sends anything. */
  readonly email?: string;
}

/**
 * Where alarms go. It is not encrypted with `alias/aws/sns`: CloudWatch may not use that key, and its alarms would be lost.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const topic = new SnsTopic(this, "topic", { name: props.name });
    this.arn = props.account.arn("sns", topic.name);
    new SnsTopicPolicy(this, "policy", {
      arn: this.arn,
      policy: policyDocument([
        // Not `sns:*`: SNS takes only actions on topics in a topic's policy.
        denyInsecureTransport("sns:Publish", this.arn),
        {
          Sid: "AllowAlarmsOfThisAccount",
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: ["sns:Publish"],
          Resource: this.arn,
          Condition: { StringEquals: { "aws:SourceAccount": props.account.accountId } },
        },
      ]),
    });
    if (props.email !== undefined)
      new SnsTopicSubscription(this, "subscription", { topicArn: this.arn, protocol: "email", endpoint: props.email });
  }
}

interface SavedLogQueriesProps {
  readonly environmentSuffix: string;
  readonly uploadTrigger: UploadTriggerKind;
  /** Names of the log groups. */
  readonly logGroups: Readonly<Record<SavedQuery["asks"][number], string>>;
}

/** The queries of the runbook, in a folder of Logs Insights that is named after the environment. */
class SavedLogQueries extends Construct {
  constructor(scope: Construct, id: string, props: SavedLogQueriesProps) {
    super(scope, id);
    for (const query of savedQueriesOf(props.uploadTrigger))
      new CloudwatchQueryDefinition(this, query.id, {
        name: `image-pipeline-${props.environmentSuffix}/${query.id}`,
        logGroupNames: query.asks.map((lambda) => props.logGroups[lambda]),
        queryString: queryText(query),
      });
  }
}
