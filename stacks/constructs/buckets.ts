import { S3BucketCorsConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-cors-configuration";
import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging";
import type { Construct } from "constructs";
import { ORIGINAL_TRANSITIONS, UPLOAD_CORS } from "../../contract/deployment";
import { PREVIEW_PREFIX, UPLOAD_PREFIX } from "../../contract/names";
import type { LifeInDays } from "../../contract/processing-settings";
import type { AwsAccount } from "./aws-account";
import { PrivateBucket } from "./private-bucket";

export interface SourceBucketProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly protect: boolean;
  readonly versioned: boolean;
  /** Pages of these origins may upload and read from a browser, with a signed URL. */
  readonly uploadOrigins: readonly string[];
}

/** Takes the uploads and keeps the originals for ever, in cheaper storage as they age. */
export class SourceBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, props: SourceBucketProps) {
    super(scope, id, {
      account: props.account,
      name: props.name,
      protect: props.protect,
      versioned: props.versioned,
      lifecycleRules: [
        {
          id: "MoveOriginalsToCheaperStorage",
          status: "Enabled",
          filter: [{ prefix: UPLOAD_PREFIX }],
          transition: [...ORIGINAL_TRANSITIONS],
        },
      ],
    });
    new S3BucketCorsConfiguration(this, "cors-configuration", {
      bucket: this.name,
      corsRule: [
        {
          allowedMethods: [...UPLOAD_CORS.allowedMethods],
          allowedOrigins: [...props.uploadOrigins],
          allowedHeaders: [...UPLOAD_CORS.allowedHeaders],
          maxAgeSeconds: UPLOAD_CORS.maxAgeSeconds,
        },
      ],
    });
  }
}

interface ProcessedBucketProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly protect: boolean;
  readonly expiryDays: LifeInDays;
}

/** Holds the previews, for a while: they can be made again from the originals. */
export class ProcessedBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, { expiryDays, ...props }: ProcessedBucketProps) {
    const expiry = (days: number) => ({
      id: "DeleteOldPreviews",
      status: "Enabled",
      filter: [{ prefix: PREVIEW_PREFIX }],
      expiration: [{ days }],
    });
    super(scope, id, { ...props, lifecycleRules: expiryDays === "never" ? [] : [expiry(expiryDays)] });
  }
}

interface AccessLogBucketProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly protect: boolean;
  readonly retentionDays: number;
}

/**
 * Receives the access logs of other buckets, one prefix per bucket. It logs nothing about itself, or every log file
 * would cause another one.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export class AccessLogBucket extends PrivateBucket {
  private readonly account: AwsAccount;

  constructor(scope: Construct, id: string, props: AccessLogBucketProps) {
    super(scope, id, {
      account: props.account,
      name: props.name,
      protect: props.protect,
      lifecycleRules: [
        { id: "DeleteOldLogs", status: "Enabled", filter: [{}], expiration: [{ days: props.retentionDays }] },
      ],
    });
    this.account = props.account;
  }

  /** Writes the access logs of `bucket` under the prefix that is its construct's id. */
  receiveLogsOf(bucket: PrivateBucket): void {
    const { id } = bucket.node;
    const prefix = `${id}/`;
    this.allowedByPolicy.push({
      Sid: `AllowLogsOf${id.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase())}`,
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: ["s3:PutObject"],
      Resource: `${this.arn}/${prefix}*`,
      Condition: {
        ArnLike: { "aws:SourceArn": bucket.arn },
        StringEquals: { "aws:SourceAccount": this.account.accountId },
      },
    });
    new S3BucketLoggingA(bucket, "logging", {
      bucket: bucket.name,
      targetBucket: this.name,
      targetPrefix: prefix,
      // S3 checks that it may write when logging is switched on.
      dependsOn: [this.policy],
    });
  }
}
