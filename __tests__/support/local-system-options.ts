import { stageLocalBundles } from "../../bundling/stage-lambda-bundles";
import { readLocalSettings } from "../../local/local-settings";
import type { LocalSystemOptions } from "../../local/local-system";

/**
 * A local system as `npm start` runs it, on free ports and heard by nobody. Two processes of the function share its work: to
 * start more takes longer than what tests give them to do. `LAMBDA_NODE` holds here too.
 */
export const localSystemOptions = (directory: string): LocalSystemOptions => ({
  directory,
  s3Port: 0,
  dynamodbPort: 0,
  lambdaPort: 0,
  sqsPort: 0,
  bundles: stageLocalBundles(),
  settings: readLocalSettings({ LAMBDA_NODE: process.env.LAMBDA_NODE, RESERVED_CONCURRENCY: "2" }),
  timeScale: 1,
  onLog: () => {},
  onTrouble: () => {},
});
