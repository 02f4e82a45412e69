import fc from "fast-check";
import { listedTypes } from "../../src/plan/rules/rules";
import { planWith, reviewOf } from "../support/plan-with";
import { runsOf } from "../support/thorough";

const TYPES = listedTypes();

/** From the provider's documents: what no review may ever call harmless. */
const NEVER_HARMLESS: Readonly<Record<string, readonly string[]>> = {
  aws_s3_bucket: [
    "acl",
    "bucket",
    "force_destroy",
    "grant",
    "lifecycle_rule",
    "logging",
    "object_lock_configuration",
    "policy",
    "replication_configuration",
    "server_side_encryption_configuration",
    "versioning",
    "website",
  ],
  aws_s3_bucket_versioning: ["bucket", "versioning_configuration.status", "versioning_configuration.mfa_delete"],
  aws_s3_bucket_notification: [
    "bucket",
    "eventbridge",
    "lambda_function",
    "lambda_function.events",
    "lambda_function.filter_prefix",
    "queue",
    "topic",
  ],
  aws_s3_bucket_lifecycle_configuration: ["bucket", "rule", "rule.status", "rule.filter", "rule.expiration"],
  aws_s3_bucket_public_access_block: [
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
  ],
  aws_s3_bucket_cors_configuration: [
    "cors_rule.allowed_origins",
    "cors_rule.allowed_methods",
    "cors_rule.allowed_headers",
  ],
  aws_s3_bucket_policy: ["bucket", "policy"],
  aws_dynamodb_table: [
    "billing_mode",
    "deletion_protection_enabled",
    "global_secondary_index",
    "hash_key",
    "name",
    "point_in_time_recovery",
    "range_key",
    "replica",
    "server_side_encryption",
    "stream_enabled",
    "stream_view_type",
    "ttl",
  ],
  aws_lambda_function: [
    "architectures",
    "code_signing_config_arn",
    "dead_letter_config",
    "environment",
    "file_system_config",
    "function_name",
    "handler",
    "image_config",
    "kms_key_arn",
    "layers",
    "memory_size",
    "package_type",
    "reserved_concurrent_executions",
    "role",
    "runtime",
    "s3_bucket",
    "timeout",
    "vpc_config",
  ],
  aws_lambda_permission: ["action", "function_name", "principal", "principal_org_id", "source_account", "source_arn"],
  aws_lambda_event_source_mapping: [
    "enabled",
    "event_source_arn",
    "filter_criteria",
    "function_name",
    "function_response_types",
    "destination_config",
  ],
  aws_lambda_function_event_invoke_config: [
    "destination_config",
    "function_name",
    "maximum_event_age_in_seconds",
    "maximum_retry_attempts",
  ],
  aws_lambda_function_url: ["authorization_type", "cors"],
  aws_iam_role: ["assume_role_policy", "inline_policy", "managed_policy_arns", "name", "permissions_boundary"],
  aws_iam_role_policy: ["policy", "role"],
  aws_iam_role_policy_attachment: ["policy_arn", "role"],
  aws_sqs_queue: [
    "delay_seconds",
    "kms_master_key_id",
    "message_retention_seconds",
    "name",
    "policy",
    "redrive_policy",
    "sqs_managed_sse_enabled",
    "visibility_timeout_seconds",
  ],
  aws_sqs_queue_policy: ["policy", "queue_url"],
  aws_sns_topic: ["kms_master_key_id", "name", "policy"],
  aws_sns_topic_policy: ["arn", "policy"],
  aws_sns_topic_subscription: ["endpoint", "filter_policy", "protocol", "redrive_policy", "topic_arn"],
  aws_cloudwatch_log_group: ["kms_key_id", "name", "retention_in_days", "skip_destroy"],
  aws_cloudwatch_metric_alarm: [
    "actions_enabled",
    "alarm_actions",
    "comparison_operator",
    "dimensions",
    "metric_name",
    "metric_query",
    "namespace",
    "threshold",
    "treat_missing_data",
  ],
  aws_cloudwatch_composite_alarm: ["actions_enabled", "actions_suppressor", "alarm_actions", "alarm_rule"],
  aws_cloudfront_distribution: [
    "aliases",
    "default_cache_behavior.trusted_key_groups",
    "enabled",
    "origin",
    "restrictions",
    "viewer_certificate",
    "web_acl_id",
  ],
  aws_cloudfront_origin_access_control: ["signing_behavior"],
  aws_cloudfront_key_group: ["items"],
  aws_kms_key: ["deletion_window_in_days", "enable_key_rotation", "is_enabled", "policy"],
  aws_kms_alias: ["target_key_id"],
  aws_pipes_pipe: ["desired_state", "role_arn", "source", "target"],
  aws_ssm_parameter: ["key_id", "type", "value"],
};

const values = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.string(),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
);
const names = fc.stringMatching(/^[a-z]{1,12}(?:_[a-z]{1,8}){0,2}$/);

test("a change of one attribute is safe only where the attribute is on the list of its type", () => {
  const attributes = fc.oneof(
    names,
    fc.constantFrom(
      ...Object.values(NEVER_HARMLESS)
        .flat()
        .filter((name) => !name.includes(".")),
    ),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...TYPES),
      attributes,
      values,
      values,
      ({ type, harmless, judged }, attribute, before, after) => {
        const isListed = [...harmless, ...judged].some(
          (name) => name === attribute || name.startsWith(`${attribute}.`),
        );
        fc.pre(!isListed && JSON.stringify(before) !== JSON.stringify(after));
        const plan = planWith([
          {
            type,
            actions: ["update"],
            before: { [attribute]: before as never },
            after: { [attribute]: after as never },
          },
        ]);
        const { severity } = reviewOf(plan);
        const isNothing = [before, after].every(
          (value) => typeof value === "object" && Object.keys(value).length === 0,
        );
        expect(severity === "note" && !isNothing).toBe(false);
      },
    ),
    runsOf(4000),
  );
});

test.each(Object.entries(NEVER_HARMLESS))("%s calls none of its dangerous attributes harmless", (type, attributes) => {
  const listed = TYPES.find((one) => one.type === type);
  expect(listed?.harmless.filter((name) => attributes.includes(name))).toEqual([]);
});

test("a type without rules is never safe", () => {
  fc.assert(
    fc.property(
      names,
      fc.constantFrom(["create"], ["update"], ["delete"], ["create", "delete"]),
      values,
      values,
      (type, actions, before, after) => {
        fc.pre(JSON.stringify(before) !== JSON.stringify(after));
        const values = { before: { v: before as never, w: 1 }, after: { v: after as never, w: 2 } };
        expect(reviewOf(planWith([{ type: `other_${type}`, actions, ...values }])).severity).not.toBe("note");
      },
    ),
    runsOf(400),
  );
});
