import { messageOf } from "../contract/error-codes";
import { readSettings } from "../contract/read-settings";
import { stageLambdaBundles } from "./stage-lambda-bundles";

/** `npm run build`: both bundles for the architecture and runtime that the stack would deploy. */
try {
  const { settings, faults } = readSettings(["LAMBDA_ARCHITECTURE", "LAMBDA_RUNTIME"], process.env);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const bundles = stageLambdaBundles({ architecture: settings.LAMBDA_ARCHITECTURE, runtime: settings.LAMBDA_RUNTIME });
  process.stdout.write(`${Object.values(bundles).join("\n")}\n`);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
