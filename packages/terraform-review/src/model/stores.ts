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

/** What is lost with a resource of this type, or undefined where it can be made again. */
export function holdingOf(type: string): string | undefined {
  return HOLDINGS[type] ?? (OTHER_STORES.test(type) ? "everything that it holds" : undefined);
}
