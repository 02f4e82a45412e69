import { FAILURE_RECORDER, IMAGE_PROCESSOR, LAMBDA_FREE_STORAGE_MB } from "../../contract/deployment";
import type { UploadTriggerKind } from "../../contract/names";
import { DEFAULT_SETTINGS } from "../../contract/read-settings";
import { AWS_PRICES as PRICES } from "./aws-prices";

const BYTES_PER_GIGABYTE = 1e9;
/** As Lambda bills them. */
const MB_PER_GIGABYTE = 1024;

/** As the README assumes; 1.5 KB an item. */
const PROCESSOR = {
  gigabytes: DEFAULT_SETTINGS.LAMBDA_MEMORY_MB / MB_PER_GIGABYTE,
  extraStorageGigabytes: (IMAGE_PROCESSOR.ephemeralStorageMb - LAMBDA_FREE_STORAGE_MB) / MB_PER_GIGABYTE,
  writeUnits: 10,
  logBytes: 1300,
  previews: DEFAULT_SETTINGS.PREVIEW_SIZES.length,
};
/** An item that has not been claimed: one unit in the table and in each of two indexes. */
const RECORDER = {
  gigabytes: FAILURE_RECORDER.memoryMb / MB_PER_GIGABYTE,
  seconds: 0.1,
  writeUnits: 3,
  readUnits: 1,
  logBytes: 500,
};
/** Sent by S3, received and deleted by Lambda. */
const REQUESTS_PER_MESSAGE = 3;

const uploadDollars = (trigger: UploadTriggerKind): number =>
  PRICES.s3Put + (trigger === "queue" ? REQUESTS_PER_MESSAGE * PRICES.sqsRequest : 0);

/** One image from upload to commit, without what is stored. @param seconds billed, cold starts included */
export const dollarsPerCompleted = (trigger: UploadTriggerKind, seconds: number): number =>
  uploadDollars(trigger) +
  seconds * PROCESSOR.gigabytes * PRICES.lambdaGigabyteSecond +
  seconds * PROCESSOR.extraStorageGigabytes * PRICES.lambdaStorageGigabyteSecond +
  PRICES.lambdaRequest +
  PRICES.s3Get +
  PROCESSOR.previews * PRICES.s3Put +
  PROCESSOR.writeUnits * PRICES.dynamodbWriteUnit +
  (PROCESSOR.logBytes / BYTES_PER_GIGABYTE) * PRICES.logsGigabyte +
  PRICES.trace;

/** One upload that Lambda gave up without an attempt: recorded, and kept as a dead letter. */
export const dollarsPerExpired = (): number =>
  uploadDollars("lambda") +
  RECORDER.seconds * RECORDER.gigabytes * PRICES.lambdaGigabyteSecond +
  PRICES.lambdaRequest +
  RECORDER.writeUnits * PRICES.dynamodbWriteUnit +
  RECORDER.readUnits * PRICES.dynamodbReadUnit +
  (RECORDER.logBytes / BYTES_PER_GIGABYTE) * PRICES.logsGigabyte +
  PRICES.trace +
  PRICES.sqsRequest;
