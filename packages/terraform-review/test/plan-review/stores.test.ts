import { storeTypes } from "../../src/model/stores";
import { planWith, reviewOf } from "../support/plan-with";

const deleted = (type: string, actions: readonly string[] = ["delete"]) =>
  reviewOf(planWith([{ type, actions, before: { id: "it" }, after: actions.length > 1 ? { id: "other" } : null }]))
    .severity;

test.each(storeTypes().filter((type) => !type.endsWith("_")))("destroying or replacing %s blocks", (type) => {
  expect(deleted(type)).toBe("block");
  expect(deleted(type, ["delete", "create"])).toBe("block");
  expect(deleted(type, ["create", "delete"])).toBe("block");
});

test.each([
  "kubernetes_persistent_volume_claim_v1",
  "aws_fsx_lustre_file_system",
  "azurerm_postgresql_flexible_server",
  "awscc_elasticache_replication_group",
])("destroying %s blocks by how its type begins", (type) => {
  expect(deleted(type)).toBe("block");
});

test.each([
  "aws_iam_role",
  "aws_sns_topic",
  "aws_cloudwatch_metric_alarm",
  "aws_instance",
  "azurerm_mysql_firewall_rule",
  "google_compute_instance",
  "kubernetes_deployment_v1",
])("destroying %s needs a look and no more", (type) => {
  expect(deleted(type)).toBe("review");
});
