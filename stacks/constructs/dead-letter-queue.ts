import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Construct } from "constructs";
import type { AwsAccount } from "./aws-account";
import type { ExecutionRole } from "./execution-role";
import { denyInsecureTransport, policyDocument } from "./policy-document";

/** 14 days, the longest that SQS keeps a message. */
const RETENTION_SECONDS = 1_209_600;

export interface DeadLetterQueueProps {
  readonly account: AwsAccount;
  readonly name: string;
}

/** Keeps the events that a function gave up on, as they came, for an operator to replay. */
export class DeadLetterQueue extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly url: string;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    const queue = new SqsQueue(this, "queue", {
      name: props.name,
      messageRetentionSeconds: RETENTION_SECONDS,
      sqsManagedSseEnabled: true,
    });
    this.name = queue.name;
    this.url = queue.url;
    this.arn = props.account.arn("sqs", this.name);
    new SqsQueuePolicy(this, "policy", {
      queueUrl: this.url,
      policy: policyDocument([denyInsecureTransport("sqs:*", this.arn)]),
    });
  }

  grantSend(role: ExecutionRole): void {
    role.allow({ Sid: "SendDeadLetters", Action: ["sqs:SendMessage"], Resource: this.arn });
  }
}
