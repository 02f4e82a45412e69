import { type DynamoDBClient, paginateQuery } from "@aws-sdk/client-dynamodb";
import { METADATA_TABLE } from "../../contract/names";
import { STATUSES } from "../../operations/image-catalogue";
import type { StateTally } from "./state-tally";

const [STATUS_INDEX] = METADATA_TABLE.indexes;

/** Reads the state of every image from the index into the tally. */
export async function readStates(client: DynamoDBClient, tableName: string, tally: StateTally): Promise<void> {
  for (const state of STATUSES) {
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        IndexName: STATUS_INDEX.name,
        KeyConditionExpression: "#state = :state",
        ProjectionExpression: "#id",
        ExpressionAttributeNames: { "#state": STATUS_INDEX.partitionKey, "#id": METADATA_TABLE.partitionKey },
        ExpressionAttributeValues: { ":state": { S: state } },
      },
    );
    for await (const { Items = [] } of pages)
      for (const item of Items) tally.read(item[METADATA_TABLE.partitionKey]?.S ?? "", state);
  }
}
