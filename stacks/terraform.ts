import { ArchiveProvider } from "@cdktf/provider-archive/lib/provider";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import {
  CloudBackend,
  LocalBackend,
  NamedCloudWorkspace,
  TerraformOutput,
  TerraformResource,
  type TerraformStack,
} from "cdktf";
import type { Construct } from "constructs";
import { resourceNames } from "../contract/names";
import type { ImagePipelineStack } from "./image-pipeline-stack";
import type { StackSettings } from "./settings";

/** In a workspace of Terraform Cloud, or in a file at the project's root. */
export function configureBackend(stack: TerraformStack, settings: StackSettings): void {
  const { TF_CLOUD_ORGANIZATION: organization, TF_CLOUD_HOSTNAME: hostname, TF_CLOUD_PROJECT: project } = settings;
  if (organization === undefined) {
    // Terraform runs in cdktf.out/stacks/{id}. An absolute path would differ from machine to machine.
    new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
    return;
  }
  const workspace = settings.TF_CLOUD_WORKSPACE ?? `image-pipeline-${settings.ENVIRONMENT_SUFFIX}`;
  new CloudBackend(stack, { organization, hostname, workspaces: new NamedCloudWorkspace(workspace, project) });
}

/** Newer than the bindings, which get no later release: decision 10 says why, and how to raise it. */
const AWS_PROVIDER_VERSION = "6.66.0";

export function addProviders(stack: TerraformStack, settings: StackSettings): void {
  const { AWS_REGION: region, ENVIRONMENT_SUFFIX, IMPORT_FROM_CDK } = settings;
  const tags = { Project: "image-pipeline", Environment: ENVIRONMENT_SUFFIX, ManagedBy: "cdktf" };
  // The ids to import hold the account: with the credentials of another, the provider refuses to begin.
  const allowedAccountIds = IMPORT_FROM_CDK ? [IMPORT_FROM_CDK] : undefined;
  new AwsProvider(stack, "aws", { region, defaultTags: [{ tags }], allowedAccountIds });
  new ArchiveProvider(stack, "archive");
  stack.addOverride("terraform.required_providers.aws.version", AWS_PROVIDER_VERSION);
}

/** By provider, as they stand in `required_providers`. */
export function providerVersions(stack: TerraformStack): Readonly<Record<string, string | undefined>> {
  const versions = stack
    .allProviders()
    .map((provider) => [provider.terraformResourceType, provider.terraformGeneratorMetadata?.providerVersion]);
  return { ...Object.fromEntries(versions), aws: AWS_PROVIDER_VERSION };
}

/**
 * The name of an element in its Terraform address: the ids on its construct path, joined by underscores, without the
 * last one where the type already ends in it. `source-bucket/bucket` is `aws_s3_bucket.source_bucket`, and
 * `source-bucket/lifecycle-configuration` is `aws_s3_bucket_lifecycle_configuration.source_bucket`. Construct ids are
 * therefore Terraform addresses: renaming one replaces the resource.
 */
export function terraformName(pathIds: readonly string[], terraformType = ""): string {
  const words = pathIds.map((id) => id.replaceAll("-", "_"));
  const typeSaysTheLast = words.length > 1 && terraformType.endsWith(`_${words.at(-1)}`);
  return (typeSaysTheLast ? words.slice(0, -1) : words).join("_");
}

/**
 * Makes Terraform import what the reference CDK stack left in an account: its four resources with RETAIN. Their names are
 * the same on both sides, and are their ids in AWS.
 */
export function importRetainedByCdk(stack: ImagePipelineStack, accountId: string, settings: StackSettings): void {
  const names = resourceNames(settings.ENVIRONMENT_SUFFIX);
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

/** What `terraform output` tells. Other tools rely on these names. */
export function addOutputs(stack: ImagePipelineStack, region: string): void {
  const output = (name: string, description: string, value: string) =>
    new TerraformOutput(stack, name, { value, description, staticId: true });
  output("SourceBucketName", "Name of the source image bucket", stack.sourceBucket.name);
  output("ProcessedBucketName", "Name of the processed image bucket", stack.processedBucket.name);
  output("MetadataTableName", "Name of the DynamoDB metadata table", stack.metadataTable.name);
  output("LambdaFunctionName", "Name of the image processor Lambda function", stack.imageProcessor.name);
  output("FailureRecorderName", "Name of the failure recorder Lambda function", stack.failureRecorder.name);
  output("DeadLetterQueueUrl", "URL of the queue of events that were given up", stack.deadLetterQueue.url);
  if (stack.queuedUploads) {
    const { uploadQueue, failedQueue } = stack.queuedUploads;
    output("UploadQueueUrl", "URL of the queue of uploads that wait for their turn", uploadQueue.url);
    output("FailedQueueUrl", "URL of the queue of uploads that are to be recorded as failed", failedQueue.url);
  }
  output("Region", "AWS region of the environment", region);
}
