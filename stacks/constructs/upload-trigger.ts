import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { Construct } from "constructs";
import type { UploadTriggerKind } from "../../contract/names";
import type { AwsAccount } from "./aws-account";
import type { LambdaFunction } from "./lambda-function";
import type { PrivateBucket } from "./private-bucket";
import type { UploadQueue } from "./queues";

export interface UploadTriggerProps {
  readonly account: AwsAccount;
  readonly bucket: PrivateBucket;
  /** Keys outside this prefix cause nothing. */
  readonly prefix: string;
  readonly lambda: LambdaFunction;
  /** Only where uploads wait in a queue, or did until now. */
  readonly queue?: UploadQueue;
  /** A function is invoked at once; a queue holds the events. */
  readonly target: UploadTriggerKind;
}

/**
 * Hands on the event of every object made under a prefix. All events of the bucket also go to EventBridge.
 *
 * S3 may invoke the function whether it does so or not, and may send to the queue for as long as there is one: the target can then
 * change without a moment in which S3 may do neither.
 */
export class UploadTrigger extends Construct {
  constructor(scope: Construct, id: string, props: UploadTriggerProps) {
    super(scope, id);
    const { bucket, prefix, lambda, queue, target } = props;
    queue?.receiveEventsOf(bucket);
    const uploads = { id: "uploads", events: ["s3:ObjectCreated:*"], filterPrefix: prefix };
    // Terraform knows one notification resource per bucket: a second one would overwrite this one.
    new S3BucketNotification(this, "notification", {
      bucket: bucket.name,
      eventbridge: true,
      ...(queue && target === "queue"
        ? { queue: [{ ...uploads, queueArn: queue.arn }] }
        : { lambdaFunction: [{ ...uploads, lambdaFunctionArn: lambda.arn }] }),
      // S3 rejects the notification while it may not deliver what it tries out.
      dependsOn: [this.permitInvocation(lambda, props), ...(queue ? [queue.policy] : [])],
    });
  }

  private permitInvocation(lambda: LambdaFunction, { account, bucket }: UploadTriggerProps): LambdaPermission {
    return new LambdaPermission(this, "permission", {
      statementId: "AllowUploadsFromSourceBucket",
      action: "lambda:InvokeFunction",
      functionName: lambda.name,
      principal: "s3.amazonaws.com",
      sourceArn: bucket.arn,
      // A bucket's ARN does not say whose it is: a deleted one could be made again by someone else.
      sourceAccount: account.accountId,
    });
  }
}
