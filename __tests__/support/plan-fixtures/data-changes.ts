import type { PlannedChange, Synthesized } from "./planned-change";

const UNPROTECTED = { PROTECT_DATA: "false" };

/** Takes a bucket and everything about it out of the stack, with what refers to it. */
function removeAccessLogs(json: Synthesized): void {
  for (const elements of Object.values<Synthesized>(json.resource)) delete elements.access_log_bucket;
  delete json.resource.aws_s3_bucket_logging;
}

/** Takes an alarm out of the stack; what names it goes on by its name in AWS. */
function removeAlarm(json: Synthesized, name: string): void {
  const alarmName = json.resource.aws_cloudwatch_metric_alarm[name].alarm_name;
  delete json.resource.aws_cloudwatch_metric_alarm[name];
  const reference = new RegExp(`\\$\\{aws_cloudwatch_metric_alarm\\.${name}\\.\\w+\\}`, "g");
  Object.assign(json, JSON.parse(JSON.stringify(json).replace(reference, alarmName)));
}

function unprotect({ resource }: Synthesized): void {
  resource.aws_dynamodb_table.metadata_table.lifecycle.prevent_destroy = false;
  for (const bucket of Object.values<Synthesized>(resource.aws_s3_bucket)) bucket.lifecycle.prevent_destroy = false;
}

/** Changes that destroy something, with data or without. */
export const DATA_CHANGES: readonly PlannedChange[] = [
  {
    name: "bucket-renamed-protected",
    edit: ({ resource }) => {
      resource.aws_s3_bucket.source_bucket.bucket = "photos-renamed";
    },
  },
  {
    name: "bucket-renamed",
    edit: (json) => {
      unprotect(json);
      json.resource.aws_s3_bucket.source_bucket.bucket = "photos-renamed";
    },
  },
  { name: "suffix-changed", from: UNPROTECTED, settings: { ENVIRONMENT_SUFFIX: "stage" } },
  { name: "access-logs-off", settings: { ACCESS_LOGS: "false" } },
  { name: "bucket-block-removed", edit: removeAccessLogs },
  {
    name: "table-key-changed",
    edit: (json) => {
      unprotect(json);
      const table = json.resource.aws_dynamodb_table.metadata_table;
      table.hash_key = "photoId";
      table.attribute[0].name = "photoId";
    },
  },
  {
    name: "table-removed",
    edit: (json) => {
      const text = JSON.stringify(json).replaceAll(
        "$" + "{aws_dynamodb_table.metadata_table.name}",
        "image-metadata-dev",
      );
      Object.assign(json, JSON.parse(text));
      delete json.resource.aws_dynamodb_table;
    },
  },
  {
    name: "log-group-kept",
    edit: (json) => {
      const text = JSON.stringify(json)
        .replaceAll("$" + "{aws_cloudwatch_log_group.failure_recorder.name}", "/aws/lambda/image-failure-recorder-dev")
        .replaceAll('"aws_cloudwatch_log_group.failure_recorder"', "");
      Object.assign(json, JSON.parse(text.replaceAll(",]", "]").replaceAll("[,", "[")));
      delete json.resource.aws_cloudwatch_log_group.failure_recorder;
    },
  },
  {
    name: "log-group-replaced",
    from: UNPROTECTED,
    edit: ({ resource }) => {
      resource.aws_cloudwatch_log_group.image_processor.name = "/photos/processor";
    },
  },
  { name: "queue-mode", settings: { UPLOAD_TRIGGER: "queue" } },
  { name: "queue-mode-off", from: { UPLOAD_TRIGGER: "queue" }, settings: { UPLOAD_TRIGGER: "lambda" } },
  {
    name: "queue-renamed",
    edit: ({ resource }) => {
      resource.aws_sqs_queue.dead_letter_queue.name = "failed-uploads";
    },
  },
  {
    name: "bucket-forgotten",
    edit: (json) => {
      removeAccessLogs(json);
      json.removed = [{ from: "aws_s3_bucket.access_log_bucket", lifecycle: { destroy: false } }];
    },
  },
  {
    name: "topic-replaced-creating-first",
    edit: ({ resource }) => {
      resource.aws_sns_topic.alarm_topic.name = "photo-alarms";
      resource.aws_sns_topic.alarm_topic.lifecycle = { create_before_destroy: true };
    },
  },
  {
    name: "alarm-removed",
    edit: (json) => {
      removeAlarm(json, "pipeline_alarms_throttles");
    },
  },
  {
    name: "queue-construct-renamed",
    edit: (json) => {
      const queues = json.resource.aws_sqs_queue;
      queues.failed_events = queues.dead_letter_queue;
      delete queues.dead_letter_queue;
      const text = JSON.stringify(json).replaceAll("aws_sqs_queue.dead_letter_queue", "aws_sqs_queue.failed_events");
      Object.assign(json, JSON.parse(text));
    },
  },
  {
    name: "mixed",
    settings: { LAMBDA_MEMORY_MB: "3008", LOG_LEVEL: "WARN", ALARM_EMAIL: "operator@example.com" },
    code: "second",
    edit: (json) => {
      unprotect(json);
      const { resource } = json;
      resource.aws_dynamodb_table.metadata_table.range_key = "takenAt";
      resource.aws_dynamodb_table.metadata_table.attribute[1].name = "takenAt";
      resource.aws_s3_bucket_public_access_block.processed_bucket.block_public_policy = false;
      const statement = {
        Sid: "ReadPreviews",
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::photo-processed-123456789012-dev/previews/*",
      };
      resource.aws_s3_bucket_policy.processed_bucket.policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [statement],
      });
      const role = resource.aws_iam_role_policy.image_processor_role;
      role.policy = role.policy.replace('"s3:GetObject"', '"s3:*"');
      removeAlarm(json, "pipeline_alarms_throttles");
    },
    drift: { aws_sns_topic: { tags: { Owner: "somebody" }, tags_all: { Owner: "somebody" } } },
  },
];
