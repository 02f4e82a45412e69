import { isDeepStrictEqual } from "node:util";
import type { Element } from "./element";
import type { JsonObject } from "./json-value";

/** What each type of resource holds that nobody can make again. */
const HOLDINGS: Readonly<Record<string, string>> = {
  aws_s3_bucket: "every object",
  aws_dynamodb_table: "every item",
  aws_cloudwatch_log_group: "every log event",
  aws_sqs_queue: "every message that waits",
  aws_kms_key: "everything that is encrypted with it",
};

const OTHER_STORES =
  /^aws_(?:s3_directory_bucket|s3tables_table|db_instance|rds_cluster|rds_global_cluster|docdb_cluster|neptune_cluster|redshift_cluster|memorydb_cluster|elasticache_(?:cluster|replication_group)|opensearch_domain|elasticsearch_domain|efs_file_system|fsx_\w+_file_system|ebs_volume|kinesis_stream|msk_cluster|ecr_repository|glacier_vault|backup_vault|cognito_user_pool|secretsmanager_secret|timestreamwrite_table|keyspaces_table|qldb_ledger)$/;

/** Attributes of stores that Terraform cannot change in place. */
const IDENTITIES = [
  "bucket",
  "name",
  "identifier",
  "cluster_identifier",
  "domain_name",
  "hash_key",
  "range_key",
  "fifo_queue",
] as const;

/** What is lost with the resource, or undefined where it can be made again. */
export function holdingOf({ section, type }: Element): string | undefined {
  if (section !== "resource") return undefined;
  return HOLDINGS[type] ?? (OTHER_STORES.test(type) ? "everything that it holds" : undefined);
}

/** `skip_destroy` leaves a resource in AWS when Terraform lets it go. */
export function staysInAws({ values }: Element): boolean {
  return values.skip_destroy === true;
}

/** The attribute for whose change Terraform replaces this store. */
export function replacingAttribute(element: Element, before: JsonObject): string | undefined {
  if (!holdingOf(element)) return undefined;
  return IDENTITIES.find((name) => !isDeepStrictEqual(before[name], element.values[name]));
}
