import { ArchiveProvider } from "@cdktf/provider-archive/lib/provider";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { CloudBackend, LocalBackend, NamedCloudWorkspace, type TerraformStack } from "cdktf";
import type { StackSettings } from "./settings";

/** In a workspace of Terraform Cloud, or in a file at the project's root. */
export function keepState(stack: TerraformStack, { terraformCloud }: StackSettings): void {
  if (!terraformCloud) {
    // Terraform runs in cdktf.out/stacks/{id}. An absolute path would differ from machine to machine.
    new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
    return;
  }
  const { organization, hostname, workspace, project } = terraformCloud;
  new CloudBackend(stack, { organization, hostname, workspaces: new NamedCloudWorkspace(workspace, project) });
}

export function useProviders(stack: TerraformStack, { region, environmentSuffix, importFromCdk }: StackSettings): void {
  const tags = { Project: "image-pipeline", Environment: environmentSuffix, ManagedBy: "cdktf" };
  // The ids to import hold the account: with the credentials of another, the provider refuses to begin.
  const allowedAccountIds = importFromCdk ? [importFromCdk] : undefined;
  new AwsProvider(stack, "aws", { region, defaultTags: [{ tags }], allowedAccountIds });
  new ArchiveProvider(stack, "archive");
}
