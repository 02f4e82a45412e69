import type { Construct } from "constructs";
import { PREVIEW_PREFIX } from "../../contract/names";
import type { AwsAccount } from "./aws-account";
import { PrivateBucket } from "./private-bucket";

export interface ProcessedBucketProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly protect: boolean;
}

/** Holds the previews, each for a year. They can be made again from the originals. */
export class ProcessedBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, props: ProcessedBucketProps) {
    super(scope, id, {
      ...props,
      lifecycleRules: [
        {
          id: "DeleteOldPreviews",
          status: "Enabled",
          filter: [{ prefix: PREVIEW_PREFIX }],
          expiration: [{ days: 365 }],
        },
      ],
    });
  }
}
