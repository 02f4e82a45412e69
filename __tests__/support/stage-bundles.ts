import { stageLocalBundles } from "../../bundling/stage-lambda-bundles";

/** Once before all tests: a worker that staged while another one runs a bundle would take it away. */
// biome-ignore lint/style/noDefaultExport: Jest calls the default export of a global setup.
export default function stageBundles(): void {
  stageLocalBundles();
}
