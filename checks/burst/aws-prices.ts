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
} as const;
