import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { DEAD_LETTER_RETENTION_DAYS, QUEUED_UPLOADS, visibilityTimeoutSeconds } from "../../contract/deployment";
import type { AwsAccount } from "./aws-account";
import type { ExecutionRole } from "./execution-role";
import { denyInsecureTransport, type PolicyStatement, policyDocument } from "./policy-document";
import type { PrivateBucket } from "./private-bucket";

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

interface DeadLetterQueueProps {
  readonly account: AwsAccount;
  readonly name: string;
}

/** Keeps the events that a function gave up on, as they came, for an operator to replay. */
export class DeadLetterQueue extends PrivateQueue {
  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id, { ...props, retentionDays: DEAD_LETTER_RETENTION_DAYS });
  }

  grantSend(role: ExecutionRole): void {
    role.allow({ Sid: "SendDeadLetters", Action: ["sqs:SendMessage"], Resource: this.arn });
  }
}

interface FailedQueueProps {
  readonly account: AwsAccount;
  readonly name: string;
  /** Time limit of the function that takes the messages. */
  readonly timeoutSeconds: number;
}

/** Where uploads go on which the processor failed as often as it may, until they are recorded as failed. */
export class FailedQueue extends PrivateQueue {
  constructor(scope: Construct, id: string, { timeoutSeconds, ...props }: FailedQueueProps) {
    super(scope, id, {
      ...props,
      retentionDays: DEAD_LETTER_RETENTION_DAYS,
      visibilityTimeoutSeconds: visibilityTimeoutSeconds(timeoutSeconds),
    });
  }
}

interface UploadQueueProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly retentionDays: number;
  /** Time limit of the function that takes the messages. */
  readonly timeoutSeconds: number;
  readonly failed: PrivateQueue;
}

/** Holds the events of uploads until it is their turn. */
export class UploadQueue extends PrivateQueue {
  private readonly account: AwsAccount;

  constructor(scope: Construct, id: string, props: UploadQueueProps) {
    super(scope, id, {
      account: props.account,
      name: props.name,
      retentionDays: props.retentionDays,
      visibilityTimeoutSeconds: visibilityTimeoutSeconds(props.timeoutSeconds),
      redrive: { queue: props.failed, maxReceives: QUEUED_UPLOADS.maxReceives },
    });
    this.account = props.account;
  }

  /** S3 may send the events of this one bucket. */
  receiveEventsOf(bucket: PrivateBucket): void {
    this.allowedByPolicy.push({
      Sid: "AllowUploadsFromSourceBucket",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: ["sqs:SendMessage"],
      Resource: this.arn,
      Condition: {
        ArnLike: { "aws:SourceArn": bucket.arn },
        // A bucket's ARN does not say whose it is: a deleted one could be made again by someone else.
        StringEquals: { "aws:SourceAccount": this.account.accountId },
      },
    });
  }
}
