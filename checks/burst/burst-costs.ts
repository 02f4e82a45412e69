import { FAILURE_RECORDER, IMAGE_PROCESSOR, LAMBDA_FREE_STORAGE_MB } from "../../contract/deployment";
import type { UploadTriggerKind } from "../../contract/names";
import { DEFAULT_SETTINGS } from "../../contract/read-settings";

/**
 * List prices of us-east-1 in US dollars, without free tiers and taxes, as published on 2026-11-22; the README's table of costs
 * is made of the same ones.
 * @see https://aws.amazon.com/lambda/pricing/ and likewise s3, dynamodb, cloudwatch, xray, sqs
 */
export const AWS_PRICES = {
  lambdaGigabyteSecond: 0.0000166667,
  lambdaStorageGigabyteSecond: 0.0000000309,
  lambdaRequest: 0.2e-6,
  s3Put: 5e-6,
  s3Get: 0.4e-6,
  dynamodbWriteUnit: 0.625e-6,
  dynamodbReadUnit: 0.125e-6,
  logsGigabyte: 0.5,
  trace: 5e-6,
  sqsRequest: 0.4e-6,
  customMetricMonth: 0.3,
  /** For each metric that an alarm looks at. */
  alarmMetricMonth: 0.1,
  compositeAlarmMonth: 0.5,
} as const;

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
  AWS_PRICES.s3Put + (trigger === "queue" ? REQUESTS_PER_MESSAGE * AWS_PRICES.sqsRequest : 0);

/** One image from upload to commit, without what is stored. @param seconds billed, cold starts included */
export const dollarsPerCompleted = (trigger: UploadTriggerKind, seconds: number): number =>
  uploadDollars(trigger) +
  seconds * PROCESSOR.gigabytes * AWS_PRICES.lambdaGigabyteSecond +
  seconds * PROCESSOR.extraStorageGigabytes * AWS_PRICES.lambdaStorageGigabyteSecond +
  AWS_PRICES.lambdaRequest +
  AWS_PRICES.s3Get +
  PROCESSOR.previews * AWS_PRICES.s3Put +
  PROCESSOR.writeUnits * AWS_PRICES.dynamodbWriteUnit +
  (PROCESSOR.logBytes / BYTES_PER_GIGABYTE) * AWS_PRICES.logsGigabyte +
  AWS_PRICES.trace;

/** One upload that Lambda gave up without an attempt: recorded, and kept as a dead letter. */
export const dollarsPerExpired = (): number =>
  uploadDollars("lambda") +
  RECORDER.seconds * RECORDER.gigabytes * AWS_PRICES.lambdaGigabyteSecond +
  AWS_PRICES.lambdaRequest +
  RECORDER.writeUnits * AWS_PRICES.dynamodbWriteUnit +
  RECORDER.readUnits * AWS_PRICES.dynamodbReadUnit +
  (RECORDER.logBytes / BYTES_PER_GIGABYTE) * AWS_PRICES.logsGigabyte +
  AWS_PRICES.trace +
  AWS_PRICES.sqsRequest;
