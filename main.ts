import { App } from "cdktf";
import { ImagePipelineStack } from "./stacks/image-pipeline-stack";
import { readStackSettings } from "./stacks/settings";
import { stageLambdaBundles } from "./tools/bundle-lambda/stage-lambda-bundles";

function synthesize(): void {
  const context = JSON.parse(process.env.CDKTF_CONTEXT_JSON ?? "{}");
  const settings = readStackSettings(process.env, context);
  const bundles = stageLambdaBundles(settings);
  const app = new App();
  const stack = new ImagePipelineStack(app, `image-pipeline-${settings.environmentSuffix}`, { settings, bundles });
  // Before CDKTF does, which would put its own words around each fault.
  const faults = stack.node.findAll().flatMap((construct) => construct.node.validate());
  if (faults.length > 0) throw new Error(faults.join("\n"));
  app.synth();
}

try {
  synthesize();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
