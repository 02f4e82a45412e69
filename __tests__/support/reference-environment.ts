import {
  CreateTableCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, PutBucketLifecycleConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { ACCOUNT_ID } from "./synthesized-stack";

const REGION = "us-east-1";
const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/** Makes in an emulator of AWS what the reference CDK stack leaves behind: two buckets, the table and the log group. */
export async function makeRetainedResources(endpoint: string, suffix: string): Promise<void> {
  const config = { endpoint, region: REGION, credentials: CREDENTIALS };
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const dynamodb = new DynamoDBClient(config);
  try {
    await makeBucket(s3, `photo-uploads-${ACCOUNT_ID}-${suffix}`, "DeleteOldOriginals", "originals/");
    await makeBucket(s3, `photo-processed-${ACCOUNT_ID}-${suffix}`, "DeleteOldPreviews", "previews/");
    await makeTable(dynamodb, `image-metadata-${suffix}`);
    await callLogs(endpoint, "CreateLogGroup", { logGroupName: `/aws/lambda/image-processor-${suffix}` });
  } finally {
    s3.destroy();
    dynamodb.destroy();
  }
}

async function makeBucket(s3: S3Client, bucket: string, ruleId: string, prefix: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const rule = { ID: ruleId, Status: "Enabled", Filter: { Prefix: prefix }, Expiration: { Days: 365 } } as const;
  const command = { Bucket: bucket, LifecycleConfiguration: { Rules: [rule] } };
  await s3.send(new PutBucketLifecycleConfigurationCommand(command));
}

async function makeTable(dynamodb: DynamoDBClient, name: string): Promise<void> {
  const keys = (partitionKey: string) => [
    { AttributeName: partitionKey, KeyType: "HASH" as const },
    { AttributeName: "timestamp", KeyType: "RANGE" as const },
  ];
  const index = (indexName: string, partitionKey: string) => ({
    IndexName: indexName,
    KeySchema: keys(partitionKey),
    Projection: { ProjectionType: "ALL" as const },
  });
  await dynamodb.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: keys("imageId"),
      AttributeDefinitions: [
        ...["imageId", "processingStatus", "userId"].map((text) => ({
          AttributeName: text,
          AttributeType: "S" as const,
        })),
        { AttributeName: "timestamp", AttributeType: "N" },
      ],
      GlobalSecondaryIndexes: [index("StatusIndex", "processingStatus"), index("UserIndex", "userId")],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
  const timeToLive = { Enabled: true, AttributeName: "ttl" };
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: timeToLive }));
  const recovery = { PointInTimeRecoveryEnabled: true };
  await dynamodb.send(
    new UpdateContinuousBackupsCommand({ TableName: name, PointInTimeRecoverySpecification: recovery }),
  );
}

/** By hand, because the project needs no client of CloudWatch Logs. Emulators read the service from the scope alone. */
async function callLogs(endpoint: string, action: string, body: Readonly<Record<string, string>>): Promise<void> {
  const scope = `${CREDENTIALS.accessKeyId}/20260101/${REGION}/logs/aws4_request`;
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `Logs_20140328.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${action} must succeed, got ${response.status}: ${await response.text()}`);
}
