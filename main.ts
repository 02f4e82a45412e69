import { App } from "cdktf";
import { stageLambdaBundles } from "./bundling/stage-lambda-bundles";
import { ImagePipelineStack } from "./stacks/image-pipeline-stack";
import { NO_PROVIDER_LOCK, readProviderLock, writeProviderLock } from "./stacks/provider-lock";
import { readStackSettings } from "./stacks/settings";

function synthesize(): void {
  const settings = readStackSettings(process.env, readContext(process.env.CDKTF_CONTEXT_JSON));
  const bundles = stageLambdaBundles({
    architecture: settings.LAMBDA_ARCHITECTURE,
    runtime: settings.LAMBDA_RUNTIME,
  });
  const app = new App();
  const stack = new ImagePipelineStack(app, `image-pipeline-${settings.ENVIRONMENT_SUFFIX}`, { settings, bundles });
  // Before CDKTF does, which would put its own words around each fault.
  const faults = stack.node.findAll().flatMap((construct) => construct.node.validate());
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const lock = readProviderLock(stack);
  app.synth();
  if (lock === undefined) process.stdout.write(`${NO_PROVIDER_LOCK}\n`);
  else writeProviderLock(lock, `${app.outdir}/stacks/${stack.node.id}`);
}

/** As cdktf-cli hands it over. */
function readContext(text = "{}"): Readonly<Record<string, unknown>> {
  const fault = `CDKTF_CONTEXT_JSON must be a JSON object, got ${JSON.stringify(text)}`;
  let context: unknown;
  try {
    context = JSON.parse(text);
  } catch (cause) {
    throw new Error(fault, { cause });
  }
  if (typeof context !== "object" || context === null || Array.isArray(context)) throw new Error(fault);
  return { ...context };
}

try {
  synthesize();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
