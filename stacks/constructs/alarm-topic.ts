import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import type { AwsAccount } from "./aws-account";
import { denyInsecureTransport, policyDocument } from "./policy-document";

export interface AlarmTopicProps {
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
