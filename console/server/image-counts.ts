import { type DynamoDBClient, paginateQuery } from "@aws-sdk/client-dynamodb";
import { METADATA_TABLE } from "../../contract/names";
import type { RecordStatus } from "../../lambda-src/records/image-record";
import { STATUSES } from "../../operations/image-catalogue";
import type { StateCount, StateCounts } from "./wire";

/** How many images are in each state, exact from one reading of the index and every change after its beginning. */
export class StateTally {
  readonly #states = new Map<string, RecordStatus | undefined>();
  onChange: () => void = () => {};

  /** An image as it is now; without a state it is gone. */
  changed(imageId: string, state: RecordStatus | undefined): void {
    this.#states.set(imageId, state);
    this.onChange();
  }

  /** An image as the index has it: whatever changed since the reading began is newer. */
  read(imageId: string, state: RecordStatus): void {
    if (!this.#states.has(imageId)) this.changed(imageId, state);
  }

  get counts(): StateCounts {
    const images: Record<RecordStatus, number> = { pending: 0, processing: 0, completed: 0, failed: 0 };
    for (const state of this.#states.values()) if (state) images[state] += 1;
    const exactly = (state: RecordStatus): StateCount => ({ images: images[state], atLeast: false });
    return {
      pending: exactly("pending"),
      processing: exactly("processing"),
      completed: exactly("completed"),
      failed: exactly("failed"),
    };
  }
}

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
