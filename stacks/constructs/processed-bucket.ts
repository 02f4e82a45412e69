import type { Construct } from "constructs";
import { PREVIEW_EXPIRY_DAYS } from "../../contract/deployment";
import { PREVIEW_PREFIX } from "../../contract/names";
import type { AwsAccount } from "./aws-account";
import { PrivateBucket } from "./private-bucket";

export interface ProcessedBucketProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly protect: boolean;
}

/** Holds the previews, for a while: they can be made again from the originals. */
export class ProcessedBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, props: ProcessedBucketProps) {
    super(scope, id, {
      ...props,
      lifecycleRules: [
        {
          id: "DeleteOldPreviews",
          status: "Enabled",
          filter: [{ prefix: PREVIEW_PREFIX }],
          expiration: [{ days: PREVIEW_EXPIRY_DAYS }],
        },
      ],
    });
  }
}
