import type { PlannedChange, Synthesized } from "./planned-change";

const PROCESSED = "arn:aws:s3:::photo-processed-123456789012-dev";
const QUEUE = "arn:aws:sqs:us-east-1:123456789012:image-processor-dlq-dev";

const policy = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

const requireTls = (action: string, resources: string | readonly string[]) => ({
  Sid: "DenyInsecureTransport",
  Effect: "Deny",
  Principal: { AWS: "*" },
  Action: action,
  Resource: resources,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

const lifecycleRules = (json: Synthesized, bucket: string) =>
  json.resource.aws_s3_bucket_lifecycle_configuration[bucket].rule;

/** Changes of who reaches the data, and of how well and how long it is kept. */
export const EXPOSURE_CHANGES: readonly PlannedChange[] = [
  {
    name: "public-access-block-loosened",
    edit: ({ resource }) => {
      resource.aws_s3_bucket_public_access_block.source_bucket.restrict_public_buckets = false;
    },
  },
  {
    name: "public-access-block-removed",
    edit: ({ resource }) => {
      delete resource.aws_s3_bucket_public_access_block.source_bucket;
      delete resource.aws_s3_bucket_policy.source_bucket.depends_on;
    },
  },
  {
    name: "bucket-policy-removed",
    edit: ({ resource }) => {
      delete resource.aws_s3_bucket_policy.source_bucket;
    },
  },
  {
    name: "queue-tls-removed",
    edit: ({ resource }) => {
      const statement = {
        Sid: "Own",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:root" },
        Action: "sqs:*",
        Resource: QUEUE,
      };
      resource.aws_sqs_queue_policy.dead_letter_queue.policy = policy(statement);
    },
  },
  {
    name: "bucket-policy-public",
    edit: ({ resource }) => {
      resource.aws_s3_bucket_policy.processed_bucket.policy = policy(
        requireTls("s3:*", [PROCESSED, `${PROCESSED}/*`]),
        {
          Sid: "ReadPreviews",
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: `${PROCESSED}/previews/*`,
        },
      );
    },
  },
  {
    name: "policies-rewritten",
    edit: ({ resource }) => {
      const { Sid, Condition, ...rest } = requireTls("s3:*", [`${PROCESSED}/*`, PROCESSED]);
      resource.aws_s3_bucket_policy.processed_bucket.policy = policy({
        Condition,
        ...rest,
        Action: ["s3:*"],
        Principal: "*",
        Sid,
      });
    },
  },
  { name: "cors-widened", from: { UPLOAD_ORIGINS: "https://photos.example.com" }, settings: { UPLOAD_ORIGINS: "*" } },
  {
    name: "encryption-removed",
    edit: ({ resource }) => {
      delete resource.aws_s3_bucket_server_side_encryption_configuration.source_bucket;
    },
  },
  {
    name: "queue-encryption-off",
    edit: ({ resource }) => {
      resource.aws_sqs_queue.dead_letter_queue.sqs_managed_sse_enabled = false;
    },
  },
  {
    name: "expiry-shortened",
    edit: (json) => {
      lifecycleRules(json, "processed_bucket")[0].expiration[0].days = 30;
    },
  },
  {
    name: "expiry-introduced",
    edit: (json) => {
      lifecycleRules(json, "source_bucket")[0].expiration = [{ days: 365 }];
    },
  },
  { name: "log-retention-shorter", from: { LOG_RETENTION_DAYS: "30" }, settings: { LOG_RETENTION_DAYS: "3" } },
  { name: "protection-off", settings: { PROTECT_DATA: "false" } },
  {
    name: "recovery-off",
    edit: ({ resource }) => {
      delete resource.aws_dynamodb_table.metadata_table.point_in_time_recovery;
    },
  },
  { name: "versioning-on", settings: { SOURCE_VERSIONING: "true" } },
  { name: "versioning-removed", from: { SOURCE_VERSIONING: "true" }, settings: { SOURCE_VERSIONING: "false" } },
  {
    name: "versioning-suspended",
    from: { SOURCE_VERSIONING: "true" },
    edit: ({ resource }) => {
      resource.aws_s3_bucket_versioning.source_bucket.versioning_configuration.status = "Suspended";
    },
  },
  {
    name: "queue-retention-shortened",
    edit: ({ resource }) => {
      resource.aws_sqs_queue.dead_letter_queue.message_retention_seconds = 86_400;
    },
  },
  {
    name: "table-ttl-off",
    edit: ({ resource }) => {
      resource.aws_dynamodb_table.metadata_table.ttl.enabled = false;
    },
  },
];
