import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { Construct } from "constructs";
import type { AwsAccount } from "./aws-account";
import type { LambdaFunction } from "./lambda-function";
import type { PrivateBucket } from "./private-bucket";

export interface UploadTriggerProps {
  readonly account: AwsAccount;
  readonly bucket: PrivateBucket;
  /** Keys outside this prefix do not invoke the function. */
  readonly prefix: string;
  readonly lambda: LambdaFunction;
}

/** Invokes a function for every object made under a prefix. All events of the bucket also go to EventBridge. */
export class UploadTrigger extends Construct {
  constructor(scope: Construct, id: string, props: UploadTriggerProps) {
    super(scope, id);
    const permission = new LambdaPermission(this, "permission", {
      statementId: "AllowUploadsFromSourceBucket",
      action: "lambda:InvokeFunction",
      functionName: props.lambda.name,
      principal: "s3.amazonaws.com",
      sourceArn: props.bucket.arn,
      // A bucket's ARN does not say whose it is: a deleted one could be made again by someone else.
      sourceAccount: props.account.accountId,
    });
    // Terraform knows one notification resource per bucket: a second one would overwrite this one.
    new S3BucketNotification(this, "notification", {
      bucket: props.bucket.name,
      eventbridge: true,
      lambdaFunction: [
        {
          id: "uploads",
          lambdaFunctionArn: props.lambda.arn,
          events: ["s3:ObjectCreated:*"],
          filterPrefix: props.prefix,
        },
      ],
      // S3 rejects the notification while the permission is missing.
      dependsOn: [permission],
    });
  }
}
