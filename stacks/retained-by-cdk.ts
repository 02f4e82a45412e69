import { TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import { resourceNames } from "../contract/names";
import type { ImagePipelineStack } from "./image-pipeline-stack";
import type { StackSettings } from "./settings";

/**
 * Makes Terraform import what the reference CDK stack left in an account: its four resources with RETAIN. Their names are
 * the same on both sides, and are their ids in AWS.
 */
export function importRetainedByCdk(stack: ImagePipelineStack, accountId: string, settings: StackSettings): void {
  const names = resourceNames(settings.environmentSuffix);
  // Not importFrom of the resources: it runs `terraform version`, and synthesizing needs no Terraform.
  stack.addOverride("import", [
    importBlock(stack.sourceBucket, "bucket", names.sourceBucket(accountId)),
    importBlock(stack.processedBucket, "bucket", names.processedBucket(accountId)),
    importBlock(stack.metadataTable, "table", names.metadataTable),
    importBlock(stack.imageProcessor, "log-group", `/aws/lambda/${names.imageProcessor}`),
  ]);
}

/** @see https://developer.hashicorp.com/terraform/language/import */
function importBlock(owner: Construct, childId: string, id: string) {
  const resource = owner.node.findChild(childId);
  if (!TerraformResource.isTerraformResource(resource))
    throw new Error(`${resource.node.path} must be a resource to be imported, got ${resource.constructor.name}`);
  return { to: `${resource.terraformResourceType}.${resource.friendlyUniqueId}`, id };
}
