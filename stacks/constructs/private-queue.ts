import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import type { AwsAccount } from "./aws-account";
import type { ExecutionRole } from "./execution-role";
import { denyInsecureTransport, type PolicyStatement, policyDocument } from "./policy-document";

const SECONDS_PER_DAY = 86_400;

export interface PrivateQueueProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly retentionDays: number;
  /** How long a received message stays hidden; SQS's own default is 30. */
  readonly visibilityTimeoutSeconds?: number;
  /** Where a message goes after so many receives. */
  readonly redrive?: { readonly queue: PrivateQueue; readonly maxReceives: number };
}

/** A queue that nobody but its own account reaches, over TLS only, encrypted by SQS. */
export class PrivateQueue extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly policy: ITerraformDependable;
  /** What other services may do, beside the refusal of insecure transport. */
  protected readonly allowedByPolicy: PolicyStatement[] = [];

  constructor(scope: Construct, id: string, props: PrivateQueueProps) {
    super(scope, id);
    const { redrive } = props;
    const queue = new SqsQueue(this, "queue", {
      name: props.name,
      messageRetentionSeconds: props.retentionDays * SECONDS_PER_DAY,
      visibilityTimeoutSeconds: props.visibilityTimeoutSeconds,
      sqsManagedSseEnabled: true,
      redrivePolicy:
        redrive &&
        JSON.stringify({ deadLetterTargetArn: redrive.queue.arn, maxReceiveCount: redrive.maxReceives }, null, 2),
    });
    this.name = queue.name;
    this.url = queue.url;
    this.arn = props.account.arn("sqs", this.name);
    this.policy = new SqsQueuePolicy(this, "policy", {
      queueUrl: this.url,
      policy: Lazy.stringValue({
        produce: () => policyDocument([denyInsecureTransport("sqs:*", this.arn), ...this.allowedByPolicy]),
      }),
    });
  }

  /** What Lambda needs to hand the messages to a function of this role. */
  grantConsume(role: ExecutionRole): void {
    role.allow({
      Sid: "ConsumeMessages",
      Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      Resource: this.arn,
    });
  }
}
