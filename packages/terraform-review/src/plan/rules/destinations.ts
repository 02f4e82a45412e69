import type { Difference } from "../../model/difference";
import { isObject, type Json, structureIn } from "../../model/json";
import { type Line, line, quoteAll } from "../../model/line";
import { showPath } from "../../render/show-difference";
import { shorten } from "../../render/text";
import type { Change } from "../change";
import { block, type Remark, review } from "../finding";
import { accountsIn, type PlanContext } from "../plan-context";

/** Attributes by which data leaves a resource, by type. */
const DATA_DESTINATIONS: Readonly<Record<string, readonly string[]>> = {
  aws_s3_bucket: ["replication_configuration.rules.destination"],
  aws_s3_bucket_replication_configuration: ["rule.destination"],
  aws_s3_bucket_inventory: ["destination.bucket"],
  aws_s3_bucket_analytics_configuration: ["storage_class_analysis"],
  aws_s3_bucket_notification: ["lambda_function.lambda_function_arn", "queue.queue_arn", "topic.topic_arn"],
  aws_s3_bucket_server_side_encryption_configuration: [
    "rule.apply_server_side_encryption_by_default.kms_master_key_id",
  ],
  aws_dynamodb_table: ["server_side_encryption.kms_key_arn", "replica.kms_key_arn"],
  aws_dynamodb_table_export: ["s3_bucket", "s3_bucket_owner"],
  aws_dynamodb_kinesis_streaming_destination: ["stream_arn"],
  aws_cloudwatch_log_group: ["kms_key_id"],
  aws_cloudwatch_log_subscription_filter: ["destination_arn"],
  aws_cloudwatch_log_destination: ["target_arn"],
  aws_cloudwatch_log_delivery_destination: ["delivery_destination_configuration"],
  aws_cloudwatch_log_account_policy: ["policy_document"],
  aws_cloudwatch_metric_stream: ["firehose_arn"],
  aws_cloudwatch_event_target: ["arn", "dead_letter_config"],
  aws_cloudwatch_event_api_destination: ["invocation_endpoint"],
  aws_lambda_function: ["dead_letter_config.target_arn", "kms_key_arn"],
  aws_lambda_function_event_invoke_config: ["destination_config"],
  aws_lambda_event_source_mapping: ["destination_config"],
  aws_sqs_queue: ["redrive_policy", "kms_master_key_id"],
  aws_sqs_queue_redrive_policy: ["redrive_policy"],
  aws_sns_topic: ["kms_master_key_id"],
  aws_sns_topic_subscription: ["endpoint"],
  aws_scheduler_schedule: ["target"],
  aws_pipes_pipe: ["target", "enrichment"],
  aws_kinesis_firehose_delivery_stream: [
    ...["extended_s3_configuration", "http_endpoint_configuration", "redshift_configuration", "splunk_configuration"],
    ...["opensearch_configuration", "snowflake_configuration", "iceberg_configuration"],
  ],
  aws_backup_plan: ["rule.copy_action"],
  aws_db_snapshot: ["shared_accounts"],
  aws_db_cluster_snapshot: ["shared_accounts"],
  aws_snapshot_create_volume_permission: ["account_id"],
  aws_ami_launch_permission: ["account_id", "organization_arn"],
  aws_ssm_parameter: ["key_id"],
  aws_secretsmanager_secret: ["kms_key_id"],
};

/** Attributes that name a bucket, which may be anybody's: names of buckets have no account in them. */
const BUCKETS: Readonly<Record<string, readonly string[]>> = {
  aws_s3_bucket_replication_configuration: ["rule.destination.bucket"],
  aws_s3_bucket: ["replication_configuration.rules.destination.bucket", "logging.target_bucket"],
  aws_s3_bucket_inventory: ["destination.bucket.bucket_arn"],
  aws_s3_bucket_analytics_configuration: [
    "storage_class_analysis.data_export.destination.s3_bucket_destination.bucket_arn",
  ],
  aws_s3_bucket_logging: ["target_bucket"],
  aws_dynamodb_table_export: ["s3_bucket"],
  aws_lambda_function: ["s3_bucket"],
  aws_lambda_layer_version: ["s3_bucket"],
  aws_cloudfront_distribution: ["logging_config.bucket"],
  aws_cloudtrail: ["s3_bucket_name"],
};

/** Attributes whose value is an account. */
const ACCOUNTS =
  /(?:^|[._])(?:account|account_id|accounts|shared_accounts|source_account|owner_account_id|principal|expected_bucket_owner)$/;
const ADDRESS = /^(?:https?:\/\/|mailto:|[^\s@:/]+@[^\s@/]+\.[^\s@/]+$)/;

/** Values that a change brings, and that name another account, a bucket out of sight or an address on the internet. */
export function reviewDestinations(
  change: Change,
  differences: readonly Difference[],
  context: PlanContext,
): readonly Remark[] {
  return differences.flatMap((difference) => {
    if (difference.unknown) return [];
    const earlier = new Set(textsIn(difference.before));
    const gained = textsIn(difference.after).filter((text) => !earlier.has(text));
    const isKnown = context.ownAccounts.size > 0 || isAt(change, difference, DATA_DESTINATIONS);
    const words = [
      ...(isKnown ? accountWords(difference, gained, context) : []),
      ...bucketWords(change, difference, gained, context),
      ...addressWords(change, difference, gained),
    ];
    const isData = isAt(change, difference, DATA_DESTINATIONS) && !isSoft(change, gained);
    return words.map((text) => (isData ? block("account", text) : review(text)));
  });
}

/** Whoever is told of alarms by mail or by a web address is no leak, and still has a name. */
function isSoft({ type }: Change, gained: readonly string[]): boolean {
  return type === "aws_sns_topic_subscription" && gained.every((text) => accountsIn(text).length === 0);
}

function accountWords(
  { path, attribute, sensitive }: Difference,
  gained: readonly string[],
  context: PlanContext,
): readonly Line[] {
  const isAccount = ACCOUNTS.test(attribute);
  const named = gained.flatMap((text) => (isAccount && /^\d{12}$/.test(text) ? [text] : accountsIn(text)));
  const foreign = [...new Set(named)].filter((account) => context.isForeign(account));
  if (foreign.length === 0) return [];
  const shown = sensitive ? ["(sensitive)"] : quoteAll(foreign.map((account) => shorten(account)));
  const own = [...context.ownAccounts];
  const not = own.length === 0 ? [", and this plan does not tell its own"] : line`, not ${quoteAll(own)}`;
  return [line`${shorten(showPath(path))} names account ${shown}${not}`];
}

function bucketWords(
  change: Change,
  difference: Difference,
  gained: readonly string[],
  context: PlanContext,
): readonly Line[] {
  if (!isAt(change, difference, BUCKETS)) return [];
  const names = gained.map((text) =>
    text.replace(/^arn:aws[\w-]*:s3:::/, "").replace(/\.s3[.\w-]*\.amazonaws\.com$/, ""),
  );
  return names
    .filter((name) => /^[a-z0-9][a-z0-9.-]{2,62}$/.test(name) && !context.hasBucket(name))
    .map(
      (name) =>
        line`${shorten(showPath(difference.path))} names the bucket ${difference.sensitive ? ["(sensitive)"] : line`${name}`}, which is not in this plan`,
    );
}

function addressWords(
  change: Change,
  { path, attribute, sensitive }: Difference,
  gained: readonly string[],
): readonly Line[] {
  const isDestination =
    isAt(change, { attribute }, DATA_DESTINATIONS) || /(?:endpoint|url|uri|destination|email|webhook)/i.test(attribute);
  if (!isDestination) return [];
  return gained
    .filter((text) => ADDRESS.test(text) && !/\.amazonaws\.com/.test(text))
    .map(
      (text) =>
        line`${shorten(showPath(path))} is an address outside AWS: ${sensitive ? ["(sensitive)"] : line`${shorten(text)}`}`,
    );
}

function isAt(
  { type }: Change,
  { attribute }: Pick<Difference, "attribute">,
  table: Readonly<Record<string, readonly string[]>>,
): boolean {
  const paths = Object.hasOwn(table, type) ? (table[type] ?? []) : [];
  return paths.some(
    (path) => attribute === path || attribute.startsWith(`${path}.`) || path.startsWith(`${attribute}.`),
  );
}

/** Every text in a value, also in JSON that is written as text. */
function textsIn(value: Json | undefined): readonly string[] {
  const structure = structureIn(value);
  if (typeof structure === "string") return [structure];
  if (Array.isArray(structure)) return structure.flatMap((member: Json) => textsIn(member));
  return isObject(structure) ? Object.values(structure).flatMap((member) => textsIn(member)) : [];
}
