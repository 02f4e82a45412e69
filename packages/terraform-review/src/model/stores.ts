/** What each type of resource holds that nobody can make again, by types or beginnings of types of a provider. */
const HOLDINGS: readonly (readonly [holding: string, types: readonly string[]])[] = [
  [
    "every object",
    [
      ...[
        "aws_s3_bucket",
        "aws_s3_directory_bucket",
        "aws_s3control_bucket",
        "aws_lightsail_bucket",
        "awscc_s3_bucket",
      ],
      ...["aws_media_store_container", "awscc_s3express_directory_bucket", "awscc_s3outposts_bucket"],
      ...["google_storage_bucket", "digitalocean_spaces_bucket", "cloudflare_r2_bucket", "oci_objectstorage_bucket"],
      ...["alicloud_oss_bucket", "scaleway_object_bucket", "linode_object_storage_bucket", "ibm_cos_bucket"],
      ...["azurerm_storage_account", "azurerm_storage_container", "azurerm_storage_blob", "azurerm_storage_share"],
      ...["azurerm_storage_queue", "azurerm_storage_table", "azurerm_storage_data_lake_gen2_filesystem"],
      ...["aws_glacier_vault", "aws_s3vectors_vector_bucket", "aws_s3vectors_index", "aws_s3tables_table_bucket"],
      ...["aws_s3tables_namespace", "aws_s3tables_table", "awscc_s3tables_table_bucket", "awscc_s3tables_table"],
      ...["awscc_s3tables_namespace", "awscc_s3vectors_vector_bucket", "awscc_s3vectors_index"],
    ],
  ],
  [
    "every item",
    [
      ...["aws_dynamodb_table", "aws_dynamodb_global_table", "aws_dynamodb_table_replica", "aws_dynamodb_table_item"],
      ...[
        "aws_simpledb_domain",
        "aws_cloudfront_key_value_store",
        "aws_sagemaker_feature_group",
        "awscc_simpledb_domain",
      ],
      ...["awscc_dynamodb_table", "awscc_dynamodb_global_table", "awscc_cloudfront_key_value_store"],
      ...[
        "google_firestore_database",
        "google_bigtable_instance",
        "google_bigtable_table",
        "cloudflare_workers_kv_namespace",
      ],
    ],
  ],
  [
    "every record",
    [
      ...["aws_db_instance", "aws_rds_cluster", "aws_rds_global_cluster", "aws_rds_shard_group", "aws_docdb_cluster"],
      ...["aws_docdb_global_cluster", "aws_docdbelastic_cluster", "aws_neptune_cluster", "aws_neptune_global_cluster"],
      ...["aws_neptunegraph_graph", "aws_redshift_cluster", "aws_redshiftserverless_namespace", "aws_dsql_cluster"],
      ...["aws_memorydb_cluster", "aws_memorydb_multi_region_cluster", "aws_elasticache_cluster"],
      ...[
        "aws_elasticache_replication_group",
        "aws_elasticache_global_replication_group",
        "aws_elasticache_serverless_cache",
      ],
      ...[
        "aws_opensearch_domain",
        "aws_elasticsearch_domain",
        "aws_opensearchserverless_collection",
        "aws_cloudsearch_domain",
      ],
      ...["aws_timestreamwrite_database", "aws_timestreamwrite_table", "aws_timestreaminfluxdb_db_instance"],
      ...["aws_timestreaminfluxdb_db_cluster", "aws_keyspaces_keyspace", "aws_keyspaces_table", "aws_qldb_ledger"],
      ...["aws_lightsail_database", "aws_kendra_index", "aws_finspace_kx_database", "aws_finspace_kx_volume"],
      ...["aws_prometheus_workspace", "aws_odb_cloud_vm_cluster"],
      ...["awscc_rds_db_instance", "awscc_rds_db_cluster", "awscc_rds_global_cluster", "awscc_docdb_db_cluster"],
      ...[
        "awscc_docdbelastic_cluster",
        "awscc_neptune_db_cluster",
        "awscc_neptunegraph_graph",
        "awscc_redshift_cluster",
      ],
      ...["awscc_redshiftserverless_namespace", "awscc_dsql_cluster", "awscc_memorydb_cluster", "awscc_elasticache_"],
      ...["awscc_opensearchservice_domain", "awscc_elasticsearch_domain", "awscc_opensearchserverless_collection"],
      ...["awscc_timestream_", "awscc_cassandra_keyspace", "awscc_cassandra_table", "awscc_qldb_ledger"],
      ...["awscc_lightsail_database", "awscc_kendra_index", "awscc_healthlake_fhir_datastore"],
      ...["google_sql_database_instance", "google_sql_database", "google_spanner_instance", "google_spanner_database"],
      ...["google_bigquery_dataset", "google_bigquery_table", "google_alloydb_cluster", "google_alloydb_instance"],
      ...["google_redis_instance", "google_redis_cluster", "google_memorystore_instance", "google_healthcare_"],
      ...["google_firebase_database_instance", "google_datastore_index", "google_looker_instance"],
      ...[
        "azurerm_mssql_database",
        "azurerm_mssql_server",
        "azurerm_mssql_managed_database",
        "azurerm_mssql_managed_instance",
      ],
      ...["azurerm_sql_database", "azurerm_sql_server", "azurerm_sql_managed_", "azurerm_mysql_", "azurerm_mariadb_"],
      ...[
        "azurerm_postgresql_",
        "azurerm_cosmosdb_",
        "azurerm_redis_cache",
        "azurerm_managed_redis",
        "azurerm_redis_enterprise_",
      ],
      ...["azurerm_kusto_cluster", "azurerm_kusto_database", "azurerm_synapse_workspace", "azurerm_synapse_sql_pool"],
      ...["azurerm_search_service", "azurerm_mongo_cluster", "azurerm_data_lake_store", "azurerm_oracle_"],
      ...["digitalocean_database_", "cloudflare_d1_database", "mongodbatlas_cluster", "mongodbatlas_advanced_cluster"],
      ...["oci_database_", "oci_mysql_", "alicloud_db_instance", "alicloud_polardb_cluster", "scaleway_rdb_instance"],
      ...["snowflake_database", "snowflake_schema", "snowflake_table", "postgresql_database", "postgresql_schema"],
      ...["mysql_database", "neon_project", "neon_database", "planetscale_database", "supabase_project"],
    ],
  ],
  [
    "every log event",
    [
      ...[
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_log_stream",
        "aws_cloudtrail_event_data_store",
        "aws_cloudwatch_event_archive",
      ],
      ...[
        "aws_securitylake_data_lake",
        "awscc_logs_log_group",
        "awscc_logs_log_stream",
        "awscc_cloudtrail_event_data_store",
      ],
      ...["awscc_events_archive", "google_logging_project_bucket_config", "google_logging_organization_bucket_config"],
      ...["google_logging_folder_bucket_config", "azurerm_log_analytics_workspace", "azurerm_application_insights"],
    ],
  ],
  [
    "every message that waits",
    [
      ...["aws_sqs_queue", "aws_kinesis_stream", "aws_msk_cluster", "aws_msk_serverless_cluster", "aws_mq_broker"],
      ...[
        "awscc_sqs_queue",
        "awscc_kinesis_stream",
        "awscc_msk_cluster",
        "awscc_msk_serverless_cluster",
        "awscc_amazonmq_broker",
      ],
      ...["aws_kinesis_video_stream", "google_pubsub_subscription", "google_pubsub_topic", "google_pubsub_lite_"],
      ...["google_cloud_tasks_queue", "google_managed_kafka_", "azurerm_servicebus_queue", "azurerm_servicebus_topic"],
      ...[
        "azurerm_servicebus_namespace",
        "azurerm_servicebus_subscription",
        "azurerm_eventhub",
        "azurerm_eventhub_namespace",
      ],
      ...["confluent_kafka_topic", "confluent_kafka_cluster", "kafka_topic"],
    ],
  ],
  [
    "everything that is encrypted with it",
    [
      ...[
        "aws_kms_key",
        "aws_kms_replica_key",
        "aws_kms_external_key",
        "aws_kms_replica_external_key",
        "aws_kms_custom_key_store",
      ],
      ...["aws_cloudhsm_v2_cluster", "aws_acmpca_certificate_authority", "aws_paymentcryptography_key"],
      ...[
        "awscc_kms_key",
        "awscc_kms_replica_key",
        "awscc_paymentcryptography_key",
        "awscc_acmpca_certificate_authority",
      ],
      ...[
        "google_kms_crypto_key",
        "google_kms_crypto_key_version",
        "google_kms_key_ring",
        "google_privateca_certificate_authority",
      ],
      ...[
        "azurerm_key_vault",
        "azurerm_key_vault_key",
        "azurerm_key_vault_managed_hardware_security_module",
        "azurerm_disk_encryption_set",
      ],
      ...["oci_kms_key", "oci_kms_vault", "alicloud_kms_key"],
    ],
  ],
  [
    "its value",
    [
      ...["aws_secretsmanager_secret", "aws_ssm_parameter", "awscc_secretsmanager_secret", "awscc_ssm_parameter"],
      ...["google_secret_manager_secret", "google_secret_manager_regional_secret", "azurerm_key_vault_secret"],
      ...["azurerm_key_vault_certificate", "azurerm_app_configuration", "oci_vault_secret", "vault_mount"],
    ],
  ],
  [
    "every file on it",
    [
      ...["aws_efs_file_system", "aws_ebs_volume", "aws_fsx_", "aws_lightsail_disk", "aws_lightsail_instance"],
      ...["aws_workspaces_workspace", "aws_cloud9_environment_ec2", "aws_storagegateway_gateway", "aws_transfer_user"],
      ...[
        "awscc_efs_file_system",
        "awscc_ec2_volume",
        "awscc_fsx_",
        "awscc_lightsail_disk",
        "awscc_lightsail_instance",
      ],
      ...["google_filestore_", "google_compute_disk", "google_compute_region_disk", "google_netapp_volume"],
      ...["google_lustre_instance", "google_parallelstore_instance", "azurerm_managed_disk", "azurerm_netapp_volume"],
      ...["azurerm_netapp_pool", "azurerm_managed_lustre_file_system", "azurerm_elastic_san", "digitalocean_volume"],
      ...["hcloud_volume", "linode_volume", "vultr_block_storage", "scaleway_block_volume", "scaleway_instance_volume"],
      ...[
        "openstack_blockstorage_volume_v3",
        "openstack_blockstorage_volume_v2",
        "oci_core_volume",
        "oci_core_boot_volume",
      ],
      ...["oci_file_storage_file_system", "alicloud_disk", "alicloud_ecs_disk", "alicloud_nas_file_system"],
      ...[
        "kubernetes_persistent_volume",
        "kubernetes_persistent_volume_claim",
        "kubernetes_namespace",
        "kubernetes_stateful_set",
        "vsphere_virtual_disk",
      ],
      ...["docker_volume", "libvirt_volume"],
    ],
  ],
  [
    "every copy in it",
    [
      ...["aws_backup_vault", "aws_backup_logically_air_gapped_vault", "aws_db_snapshot", "aws_db_snapshot_copy"],
      ...["aws_db_cluster_snapshot", "aws_rds_cluster_snapshot_copy", "aws_db_instance_automated_backups_replication"],
      ...["aws_docdb_cluster_snapshot", "aws_neptune_cluster_snapshot"],
      ...["aws_redshift_cluster_snapshot", "aws_redshiftserverless_snapshot"],
      ...["aws_memorydb_snapshot", "aws_ebs_snapshot", "aws_ebs_snapshot_copy"],
      ...["aws_ebs_snapshot_import", "aws_ami", "aws_ami_copy", "aws_ami_from_instance"],
      ...["awscc_backup_backup_vault", "awscc_backup_logically_air_gapped_backup_vault", "google_compute_snapshot"],
      ...[
        "google_compute_region_snapshot",
        "google_compute_image",
        "google_compute_machine_image",
        "google_backup_dr_backup_vault",
      ],
      ...[
        "google_gke_backup_backup_plan",
        "google_sql_backup_run",
        "azurerm_snapshot",
        "azurerm_image",
        "azurerm_shared_image",
      ],
      ...["azurerm_shared_image_version", "azurerm_recovery_services_vault", "azurerm_backup_protected_vm"],
      ...["azurerm_backup_protected_file_share", "azurerm_data_protection_backup_vault", "azurerm_netapp_snapshot"],
      ...["digitalocean_volume_snapshot", "digitalocean_droplet_snapshot", "hcloud_snapshot", "oci_core_volume_backup"],
    ],
  ],
  [
    "every version in it",
    [
      ...["aws_ecr_repository", "aws_ecrpublic_repository", "aws_codecommit_repository", "aws_codeartifact_repository"],
      ...[
        "aws_codeartifact_domain",
        "awscc_ecr_repository",
        "awscc_ecr_public_repository",
        "awscc_codecommit_repository",
      ],
      ...["awscc_codeartifact_repository", "google_artifact_registry_repository", "google_container_registry"],
      ...["google_sourcerepo_repository", "azurerm_container_registry", "digitalocean_container_registry"],
      ...["github_repository", "gitlab_project", "tfe_workspace", "bitbucket_repository", "harbor_project"],
    ],
  ],
  [
    "every user in it",
    [
      ...[
        "aws_cognito_user_pool",
        "aws_cognito_identity_pool",
        "aws_directory_service_directory",
        "aws_connect_instance",
      ],
      ...[
        "aws_verifiedpermissions_policy_store",
        "aws_datazone_domain",
        "aws_sesv2_contact_list",
        "aws_customerprofiles_domain",
      ],
      ...[
        "awscc_cognito_user_pool",
        "awscc_cognito_identity_pool",
        "awscc_directoryservice_",
        "awscc_connect_instance",
      ],
      ...[
        "google_identity_platform_tenant",
        "azurerm_active_directory_domain_service",
        "azurerm_aadb2c_directory",
        "auth0_connection",
      ],
    ],
  ],
  [
    "every record of its names",
    [
      ...[
        "aws_route53_zone",
        "aws_lightsail_domain",
        "aws_service_discovery_private_dns_namespace",
        "awscc_route53_hosted_zone",
      ],
      ...[
        "aws_service_discovery_public_dns_namespace",
        "google_dns_managed_zone",
        "azurerm_dns_zone",
        "azurerm_private_dns_zone",
      ],
      ...["cloudflare_zone", "digitalocean_domain", "hetznerdns_zone"],
    ],
  ],
  ["everything in it", ["azurerm_resource_group", "google_project", "azurerm_subscription", "digitalocean_project"]],
];

const BY_TYPE = new Map(HOLDINGS.flatMap(([holding, types]) => types.map((type) => [type, holding])));
const BY_BEGINNING = [...BY_TYPE].filter(([type]) => type.endsWith("_"));
/** Resources whose type begins like that of a store, and that hold nothing themselves. */
const NOTHING_HELD =
  /_(?:association|attachment|firewall_rule|configuration|vnet_rule|virtual_network_rule|role_assignment|role_definition|user|user_group|parameter_group|subnet_group|administrator|connection_pool|policy|access_policy|extension|auditing_policy|trusted_sources|replica_set)$/;

/** What is lost with a resource of this type, or undefined where it can be made again. */
export function holdingOf(type: string): string | undefined {
  // Kubernetes' types have their version at the end.
  const known = BY_TYPE.get(type) ?? BY_TYPE.get(type.replace(/_v\d+(?:alpha\d+|beta\d+)?$/, ""));
  if (known || NOTHING_HELD.test(type)) return known;
  return BY_BEGINNING.find(([beginning]) => type.startsWith(beginning))?.[1];
}

/** Every type that is known to hold something; one that ends in `_` stands for all that begin so. */
export function storeTypes(): readonly string[] {
  return [...BY_TYPE.keys()].sort();
}
