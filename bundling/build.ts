import { readStackSettings } from "../stacks/settings";
import { stageLambdaBundles } from "./stage-lambda-bundles";

/** `npm run build`: both bundles for the architecture and runtime that the stack would deploy. */
try {
  const { LAMBDA_ARCHITECTURE: architecture, LAMBDA_RUNTIME: runtime } = readStackSettings(process.env);
  const bundles = stageLambdaBundles({ architecture, runtime });
  process.stdout.write(`${Object.values(bundles).join("\n")}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
