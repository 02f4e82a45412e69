import { readLocalSettings } from "../../local/local-settings";
import type { LocalSystemOptions } from "../../local/local-system";
import { stageLocalBundles } from "../../tools/bundle-lambda/stage-lambda-bundles";

/** A local system as `npm start` runs it, on free ports and heard by nobody. */
export const localSystemOptions = (directory: string): LocalSystemOptions => ({
  directory,
  s3Port: 0,
  dynamodbPort: 0,
  lambdaPort: 0,
  sqsPort: 0,
  bundles: stageLocalBundles(),
  settings: readLocalSettings({}),
  timeScale: 1,
  onLog: () => {},
  onTrouble: () => {},
});
