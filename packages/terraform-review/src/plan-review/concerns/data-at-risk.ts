import type { Change } from "../model/change";
import { type Line, line } from "../model/line";
import { maskAt } from "../model/mask";
import { shorten } from "../model/shown-value";

export interface DataAtRisk {
  /** Whether data may be lost that nobody can make again. */
  readonly blocks: boolean;
  readonly words?: Line;
}

type Assessment = (change: Change) => DataAtRisk;

const loses = (words: Line): DataAtRisk => ({ blocks: true, words });

/** What a resource is called, unless that is a secret. */
function nameOf(change: Change): Line {
  const attribute = ["bucket", "name", "identifier", "id"].find((name) => typeof change.before[name] === "string");
  if (!attribute || maskAt(change.beforeSensitive, [attribute]) === true) return ["it"];
  return line`${shorten(String(change.before[attribute]))}`;
}

const ASSESSMENTS: Readonly<Record<string, Assessment>> = {
  aws_s3_bucket: (change) =>
    change.before.force_destroy === true
      ? loses(line`every object in ${nameOf(change)}: force_destroy empties it first`)
      : loses(line`every object in ${nameOf(change)}. S3 refuses to delete it while one is left`),
  aws_dynamodb_table: (change) =>
    change.before.deletion_protection_enabled === true
      ? loses(line`every item of ${nameOf(change)}. Its deletion protection would make the apply fail`)
      : loses(line`every item of ${nameOf(change)}, with its indexes and its stream`),
  aws_cloudwatch_log_group: (change) =>
    change.before.skip_destroy === true
      ? {
          blocks: false,
          words: line`nothing: skip_destroy leaves ${nameOf(change)} and its events in AWS, without Terraform`,
        }
      : loses(line`every event in ${nameOf(change)}`),
  aws_sqs_queue: (change) => loses(line`every message that waits in ${nameOf(change)}`),
  aws_kms_key: (change) => loses(line`everything that is encrypted with ${nameOf(change)}`),
};

/** Stores of other systems, where the same holds. */
const OTHER_STORES =
  /^aws_(?:s3_directory_bucket|s3tables_table|db_instance|rds_cluster|rds_global_cluster|docdb_cluster|neptune_cluster|redshift_cluster|memorydb_cluster|elasticache_(?:cluster|replication_group)|opensearch_domain|elasticsearch_domain|efs_file_system|fsx_\w+_file_system|ebs_volume|kinesis_stream|msk_cluster|ecr_repository|glacier_vault|backup_vault|cognito_user_pool|secretsmanager_secret|timestreamwrite_table|keyspaces_table|qldb_ledger)$/;

export function dataAtRisk(change: Change): DataAtRisk {
  const assess = ASSESSMENTS[change.type];
  if (assess) return assess(change);
  return OTHER_STORES.test(change.type) ? loses(line`everything that ${nameOf(change)} holds`) : { blocks: false };
}
