import type { PlannedChange, Synthesized } from "./planned-change";

/** A reference of Terraform after some text. */
const reference = (text: string, to: string) => `${text}$${"{"}${to}}`;

/** As when the stack takes over what another one left behind. */
function importRetained(json: Synthesized): void {
  json.import = [
    { to: "aws_s3_bucket.source_bucket", id: "photo-uploads-123456789012-dev" },
    { to: "aws_s3_bucket.processed_bucket", id: "photo-processed-123456789012-dev" },
    { to: "aws_dynamodb_table.metadata_table", id: "image-metadata-dev" },
  ];
}

/** Changes that nobody should be stopped from making. */
export const ORDINARY_CHANGES: readonly PlannedChange[] = [
  { name: "no-change" },
  { name: "first-creation", from: null },
  { name: "memory", settings: { LAMBDA_MEMORY_MB: "2048" } },
  {
    name: "runtime-limits",
    settings: { LAMBDA_MEMORY_MB: "512", LAMBDA_TIMEOUT_S: "60", RESERVED_CONCURRENCY: "none" },
  },
  { name: "environment-values", settings: { PREVIEW_SIZES: "100x100,640x640", LOG_LEVEL: "DEBUG" } },
  {
    name: "environment-keys",
    edit: ({ resource }) => {
      const { variables } = resource.aws_lambda_function.image_processor.environment;
      delete variables.MAX_IMAGE_PIXELS;
      variables.PREVIEW_QUALITY = "80";
    },
  },
  { name: "runtime", settings: { LAMBDA_RUNTIME: "nodejs22.x" } },
  { name: "architecture", settings: { LAMBDA_ARCHITECTURE: "arm64" } },
  { name: "code", code: "second" },
  { name: "alarm-email", settings: { ALARM_EMAIL: "operator@example.com" } },
  {
    name: "default-tags",
    edit: ({ provider }) => {
      provider.aws[0].default_tags[0].tags.CostCenter = "4711";
    },
  },
  {
    name: "alarm-threshold",
    edit: ({ resource }) => {
      resource.aws_cloudwatch_metric_alarm.pipeline_alarms_high_duration.threshold = 25_000;
    },
  },
  {
    name: "new-resources",
    edit: ({ resource }) => {
      resource.aws_sqs_queue.review_queue = { name: "review-dev", sqs_managed_sse_enabled: true };
      resource.aws_s3_bucket.exports_bucket = { bucket: "photo-exports-dev" };
      resource.aws_cloudwatch_log_group.exports = { name: "/exports/dev", retention_in_days: 7 };
    },
  },
  { name: "log-retention-longer", settings: { LOG_RETENTION_DAYS: "30" } },
  {
    name: "cors-narrowed",
    settings: { UPLOAD_ORIGINS: "https://photos.example.com" },
  },
  {
    name: "moved",
    edit: (json) => {
      const queues = json.resource.aws_sqs_queue;
      queues.failed_events = queues.dead_letter_queue;
      delete queues.dead_letter_queue;
      const text = JSON.stringify(json).replaceAll("aws_sqs_queue.dead_letter_queue", "aws_sqs_queue.failed_events");
      Object.assign(json, JSON.parse(text));
      json.moved = [{ from: "aws_sqs_queue.dead_letter_queue", to: "aws_sqs_queue.failed_events" }];
    },
  },
  {
    name: "imported",
    from: null,
    edit: importRetained,
    drift: {
      aws_s3_bucket: { region: "us-east-1", bucket_prefix: "", object_lock_enabled: false, force_destroy: false },
      aws_dynamodb_table: {
        region: "us-east-1",
        hash_key: "imageId",
        range_key: "timestamp",
        billing_mode: "PAY_PER_REQUEST",
        deletion_protection_enabled: false,
        stream_enabled: true,
      },
    },
  },
  {
    name: "moved-and-updated",
    settings: { LAMBDA_MEMORY_MB: "2048" },
    edit: (json) => {
      const [from = "", to = ""] = ["pipeline_alarms_throttles", "lost_events"].map(
        (name) => `aws_cloudwatch_metric_alarm.${name}`,
      );
      const alarms = json.resource.aws_cloudwatch_metric_alarm;
      alarms.lost_events = { ...alarms.pipeline_alarms_throttles, threshold: 105 };
      delete alarms.pipeline_alarms_throttles;
      Object.assign(json, JSON.parse(JSON.stringify(json).replaceAll(from, to)));
      json.moved = [{ from, to }];
    },
  },
  {
    name: "outputs",
    edit: ({ output }) => {
      output.Region.value = "somewhere else";
      output.Secret = { value: "s3cr3t-of-an-output", sensitive: true };
    },
  },
  {
    name: "sensitive-environment",
    editBase: (json) => {
      json.variable = { token: { type: "string", sensitive: true, default: "s3cr3t-token-one" } };
      json.resource.aws_lambda_function.image_processor.environment.variables.TOKEN = reference("", "var.token");
    },
    edit: (json) => {
      json.variable.token.default = "s3cr3t-token-two";
    },
  },
  {
    name: "sensitive-policy",
    editBase: (json) => {
      json.variable = { partner: { type: "string", sensitive: true, default: "s3cr3t-partner-one" } };
      const statement = {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: reference("arn:aws:s3:::", "var.partner"),
      };
      json.resource.aws_iam_role_policy.failure_recorder_role.policy = JSON.stringify({ Statement: [statement] });
    },
    edit: (json) => {
      json.variable.partner.default = "s3cr3t-partner-two";
    },
  },
  {
    name: "failed-check",
    edit: (json) => {
      json.check = {
        region: {
          assert: [
            {
              condition: "$" + '{data.aws_partition.aws_account.partition == "aws-cn"}',
              error_message: "Wrong partition.",
            },
          ],
        },
      };
    },
  },
  {
    name: "drift-tags",
    drift: { aws_sns_topic: { tags: { Owner: "somebody" }, tags_all: { Owner: "somebody" } } },
  },
  { name: "drift-public-access", drift: { aws_s3_bucket_public_access_block: { block_public_policy: false } } },
  { name: "drift-deleted", drift: { aws_sqs_queue_policy: null } },
  {
    name: "output-uncovered",
    editBase: ({ output }) => {
      output.Secret = { value: "s3cr3t-of-an-output", sensitive: true };
    },
    edit: ({ output }) => {
      output.Secret = { value: "no secret any more" };
    },
  },
];
