import type { Json } from "../../model/json";

/** A setting that guards data, or tells somebody of trouble: what it is like when on, and what happens without it. */
export interface Guard {
  readonly types: RegExp;
  readonly path: readonly (string | number)[];
  readonly isOn: (value: Json | undefined) => boolean;
  readonly severity: "review" | "block";
  readonly words: string;
  /** The resource is nothing but this guard: without it the guard is off. */
  readonly isResource?: boolean;
}

const isTrue = (value: Json | undefined) => value === true;
export const isSet = (value: Json | undefined) => typeof value === "string" && value !== "";

export const GUARDS: readonly Guard[] = [
  {
    types: /./,
    path: ["deletion_protection_enabled"],
    isOn: isTrue,
    severity: "block",
    words: "deletion protection is off",
  },
  {
    types: /./,
    path: ["deletion_protection"],
    isOn: isProtected,
    severity: "block",
    words: "deletion protection is off",
  },
  {
    types: /^aws_dynamodb_table$/,
    path: ["point_in_time_recovery", 0, "enabled"],
    isOn: isTrue,
    severity: "block",
    words: "point-in-time recovery is off: no item can be restored",
  },
  {
    types: /^aws_s3_bucket_versioning$/,
    path: ["versioning_configuration", 0, "status"],
    isOn: (value) => value === "Enabled",
    severity: "block",
    words: "versioning is off: what is deleted or overwritten is gone",
    isResource: true,
  },
  {
    types: /^aws_s3_bucket_server_side_encryption_configuration$/,
    path: ["rule"],
    isOn: isFilled,
    severity: "block",
    words: "encryption is removed: only what S3 does by itself is left",
    isResource: true,
  },
  {
    types: /^aws_s3_bucket_object_lock_configuration$/,
    path: ["rule"],
    isOn: isFilled,
    severity: "block",
    words: "object lock is off: objects can be deleted at once",
    isResource: true,
  },
  {
    types: /^aws_cloudwatch_log_group$/,
    path: ["skip_destroy"],
    isOn: isTrue,
    severity: "review",
    words: "the log group goes with its resource",
  },
  {
    types: /^aws_cloudwatch_log_group$/,
    path: ["kms_key_id"],
    isOn: isSet,
    severity: "block",
    words: "encryption with its own key is off",
  },
  { types: /^aws_sns_topic$/, path: ["kms_master_key_id"], isOn: isSet, severity: "block", words: "encryption is off" },
  {
    types: /^aws_kms_key$/,
    path: ["enable_key_rotation"],
    isOn: isTrue,
    severity: "review",
    words: "key rotation is off",
  },
  {
    types: /^aws_kms_key$/,
    path: ["is_enabled"],
    isOn: (value) => value !== false,
    severity: "block",
    words: "the key is disabled: nothing encrypted with it can be read",
  },
  {
    types: /^aws_(?:db_instance|rds_cluster|ebs_volume|efs_file_system)$/,
    path: ["storage_encrypted"],
    isOn: isTrue,
    severity: "block",
    words: "encryption is off",
  },
  {
    types: /^aws_dynamodb_table$/,
    path: ["stream_enabled"],
    isOn: isTrue,
    severity: "review",
    words: "the stream is off: nobody sees items change",
  },
  {
    types: /^aws_s3_bucket_notification$/,
    path: ["lambda_function"],
    isOn: isFilled,
    severity: "review",
    words: "no function is told of uploads",
  },
  {
    types: /^aws_lambda_function_event_invoke_config$/,
    path: ["destination_config"],
    isOn: isFilled,
    severity: "review",
    words: "nobody is told of failures",
  },
  {
    types: /^aws_sqs_queue$/,
    path: ["redrive_policy"],
    isOn: isSet,
    severity: "review",
    words: "messages that fail are lost",
  },
  {
    types: /^aws_cloudwatch_metric_alarm$/,
    path: ["alarm_actions"],
    isOn: isFilled,
    severity: "review",
    words: "the alarm tells nobody",
  },
  {
    types: /^aws_cloudwatch_metric_alarm$/,
    path: ["actions_enabled"],
    isOn: (value) => value !== false,
    severity: "review",
    words: "the alarm tells nobody",
  },
];

function isFilled(value: Json | undefined): boolean {
  return Array.isArray(value) && value.length > 0;
}

function isProtected(value: Json | undefined): boolean {
  return value === true || value === "ACTIVE";
}
