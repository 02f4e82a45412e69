import type { Construct } from "constructs";
import { QUEUED_UPLOADS, visibilityTimeoutSeconds } from "../../contract/deployment";
import type { AwsAccount } from "./aws-account";
import type { PrivateBucket } from "./private-bucket";
import { PrivateQueue } from "./private-queue";

export interface UploadQueueProps {
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
