import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { Construct } from "constructs";
import type { AwsAccount } from "./aws-account";
import type { LambdaFunction } from "./lambda-function";
import type { PrivateBucket } from "./private-bucket";
import type { UploadQueue } from "./queues";

export interface UploadTriggerProps {
  readonly account: AwsAccount;
  readonly bucket: PrivateBucket;
  /** Keys outside this prefix do not invoke the function. */
  readonly prefix: string;
  /** A function is invoked at once; a queue holds the events for whoever takes them. */
  readonly target: LambdaFunction | UploadQueue;
}

/** Hands on the event of every object made under a prefix. All events of the bucket also go to EventBridge. */
export class UploadTrigger extends Construct {
  constructor(scope: Construct, id: string, props: UploadTriggerProps) {
    super(scope, id);
    const { bucket, prefix, target } = props;
    const uploads = { id: "uploads", events: ["s3:ObjectCreated:*"], filterPrefix: prefix };
    // Terraform knows one notification resource per bucket: a second one would overwrite this one.
    const notify = { bucket: bucket.name, eventbridge: true };
    // S3 rejects the notification while it may not deliver what it tries out.
    if ("grantInvoke" in target)
      new S3BucketNotification(this, "notification", {
        ...notify,
        lambdaFunction: [{ ...uploads, lambdaFunctionArn: target.arn }],
        dependsOn: [this.permitInvocation(target, props)],
      });
    else {
      target.receiveEventsOf(bucket);
      new S3BucketNotification(this, "notification", {
        ...notify,
        queue: [{ ...uploads, queueArn: target.arn }],
        dependsOn: [target.policy],
      });
    }
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
