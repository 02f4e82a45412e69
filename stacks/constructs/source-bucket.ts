import { S3BucketCorsConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-cors-configuration";
import type { Construct } from "constructs";
import { ORIGINAL_TRANSITIONS, UPLOAD_CORS } from "../../contract/deployment";
import { UPLOAD_PREFIX } from "../../contract/names";
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
          // The reference system's name. Nothing is deleted: originals move on.
          id: "DeleteOldOriginals",
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
