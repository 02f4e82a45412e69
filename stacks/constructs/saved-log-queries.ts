import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition";
import { Construct } from "constructs";
import type { UploadTriggerKind } from "../../contract/names";
import { queryText, type SavedQuery, savedQueriesOf } from "../../contract/saved-queries";

export interface SavedLogQueriesProps {
  readonly environmentSuffix: string;
  readonly uploadTrigger: UploadTriggerKind;
  /** Names of the log groups. */
  readonly logGroups: Readonly<Record<SavedQuery["asks"][number], string>>;
}

/** The queries of the runbook, in a folder of Logs Insights that is named after the environment. */
export class SavedLogQueries extends Construct {
  constructor(scope: Construct, id: string, props: SavedLogQueriesProps) {
    super(scope, id);
    for (const query of savedQueriesOf(props.uploadTrigger))
      new CloudwatchQueryDefinition(this, query.id, {
        name: `image-pipeline-${props.environmentSuffix}/${query.id}`,
        logGroupNames: query.asks.map((lambda) => props.logGroups[lambda]),
        queryString: queryText(query),
      });
  }
}
