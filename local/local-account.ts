import { resourceNames } from "../contract/names";

/** The one account, region and user of the local system. The secret protects nothing. */
export const ACCOUNT = "000000000000";
export const REGION = "us-east-1";
export const CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local-secret" } as const;

export const NAMES = resourceNames("local");
export const SOURCE_BUCKET = NAMES.sourceBucket(ACCOUNT);
export const PROCESSED_BUCKET = NAMES.processedBucket(ACCOUNT);
