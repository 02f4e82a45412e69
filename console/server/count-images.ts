import { type DynamoDBClient, paginateQuery } from "@aws-sdk/client-dynamodb";
import { METADATA_TABLE } from "../../contract/names";
import type { RecordStatus } from "../../lambda-src/records/image-record";
import type { StateCount, StateCounts } from "./state-tally";

const [STATUS_INDEX] = METADATA_TABLE.indexes;
/** Counting reads what it counts: 1 MB a page, about 128 read units. */
const MAX_PAGES = 5;

/** How many images are in each state, up to where counting becomes dear. */
export async function countImages(client: DynamoDBClient, tableName: string): Promise<StateCounts> {
  const count = (state: RecordStatus) => countState(client, tableName, state);
  const [pending, processing, completed, failed] = await Promise.all([
    count("pending"),
    count("processing"),
    count("completed"),
    count("failed"),
  ]);
  return { pending, processing, completed, failed };
}

async function countState(client: DynamoDBClient, tableName: string, state: RecordStatus): Promise<StateCount> {
  let images = 0;
  let pages = 0;
  const query = {
    TableName: tableName,
    IndexName: STATUS_INDEX.name,
    Select: "COUNT" as const,
    KeyConditionExpression: "#state = :state",
    ExpressionAttributeNames: { "#state": STATUS_INDEX.partitionKey },
    ExpressionAttributeValues: { ":state": { S: state } },
  };
  for await (const { Count = 0, LastEvaluatedKey } of paginateQuery({ client }, query)) {
    images += Count;
    pages += 1;
    if (pages === MAX_PAGES) return { images, atLeast: LastEvaluatedKey !== undefined };
  }
  return { images, atLeast: false };
}
