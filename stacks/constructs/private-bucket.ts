import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { ABORT_MULTIPART_UPLOADS_DAYS, NONCURRENT_VERSIONS_DAYS } from "../../contract/deployment";
import type { AwsAccount } from "./aws-account";
import type { ExecutionRole } from "./execution-role";
import { denyInsecureTransport, type PolicyStatement, policyDocument } from "./policy-document";

export interface PrivateBucketProps {
  readonly account: AwsAccount;
  readonly name: string;
  /** Refuse to destroy the bucket, even when it is empty. */
  readonly protect: boolean;
  readonly lifecycleRules: readonly S3BucketLifecycleConfigurationRule[];
  /** Keep replaced and deleted objects for a while. */
  readonly versioned?: boolean;
}

/**
 * A bucket that nobody but its own account reaches, over TLS only, encrypted by S3, without ACLs. Parts of uploads that
 * were never finished go after some days. It is never emptied by Terraform.
 */
export class PrivateBucket extends Construct {
  /** Also tells Terraform to make the bucket first. */
  readonly name: string;
  readonly arn: string;
  /** What other accounts' services may do, beside the refusal of insecure transport. */
  protected readonly allowedByPolicy: PolicyStatement[] = [];
  protected readonly policy: S3BucketPolicy;
  private readonly versioned: boolean;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    this.versioned = props.versioned ?? false;
    const bucket = new S3Bucket(this, "bucket", {
      bucket: props.name,
      forceDestroy: false,
      lifecycle: { preventDestroy: props.protect },
    });
    this.name = bucket.bucket;
    this.arn = props.account.bucketArn(this.name);

    const publicAccessBlock = new S3BucketPublicAccessBlock(this, "public-access-block", {
      bucket: this.name,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, "ownership-controls", {
      bucket: this.name,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "server-side-encryption-configuration", {
      bucket: this.name,
      // S3 blocks SSE-C on new buckets by itself. Left out here, each plan would show that as a change to take back.
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, blockedEncryptionTypes: ["SSE-C"] }],
    });
    this.policy = new S3BucketPolicy(this, "policy", {
      bucket: this.name,
      policy: Lazy.stringValue({ produce: () => this.policyJson() }),
      // S3 answers 409 to a policy and an access block that arrive at the same time.
      dependsOn: [publicAccessBlock],
    });
    this.expireObjects(props.lifecycleRules);
  }

  /** Reading objects under a prefix; listing them too, because S3 otherwise answers 403 where an object is missing. */
  grantRead(role: ExecutionRole, prefix: string): void {
    role.allow({
      Sid: "ReadObjects",
      Action: this.versioned ? ["s3:GetObject", "s3:GetObjectVersion"] : ["s3:GetObject"],
      Resource: `${this.arn}/${prefix}*`,
    });
    role.allow({
      Sid: "TellMissingFromForbidden",
      Action: ["s3:ListBucket"],
      Resource: this.arn,
      Condition: { StringLike: { "s3:prefix": `${prefix}*` } },
    });
  }

  grantWrite(role: ExecutionRole, prefix: string): void {
    role.allow({ Sid: "WriteObjects", Action: ["s3:PutObject"], Resource: `${this.arn}/${prefix}*` });
  }

  private policyJson(): string {
    return policyDocument([denyInsecureTransport("s3:*", [this.arn, `${this.arn}/*`]), ...this.allowedByPolicy]);
  }

  private expireObjects(rules: readonly S3BucketLifecycleConfigurationRule[]): void {
    const versioning = this.versioned
      ? new S3BucketVersioningA(this, "versioning", {
          bucket: this.name,
          versioningConfiguration: { status: "Enabled" },
        })
      : undefined;
    new S3BucketLifecycleConfiguration(this, "lifecycle-configuration", {
      bucket: this.name,
      rule: [
        ...rules,
        {
          id: "AbortIncompleteMultipartUploads",
          status: "Enabled",
          filter: [{}],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORT_MULTIPART_UPLOADS_DAYS }],
        },
        ...(versioning
          ? [
              {
                id: "ExpireOldVersions",
                status: "Enabled",
                filter: [{}],
                noncurrentVersionExpiration: [{ noncurrentDays: NONCURRENT_VERSIONS_DAYS }],
                expiration: [{ expiredObjectDeleteMarker: true }],
              },
            ]
          : []),
      ],
      dependsOn: versioning && [versioning],
    });
  }
}
