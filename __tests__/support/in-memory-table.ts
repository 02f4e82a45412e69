import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { METADATA_TABLE } from "../../contract/names";

export interface InMemoryTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  close(): Promise<void>;
}

/** A DynamoDB of this process alone, with the metadata table's keys and without its indexes. */
export async function startInMemoryTable(): Promise<InMemoryTable> {
  // No path: the items live in memory.
  const server = dynalite({ path: "", createTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local-secret" },
    maxAttempts: 1,
  });
  const { partitionKey, sortKey } = METADATA_TABLE;
  const tableName = "image-metadata-test";
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: partitionKey, AttributeType: "S" },
        { AttributeName: sortKey, AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: partitionKey, KeyType: "HASH" },
        { AttributeName: sortKey, KeyType: "RANGE" },
      ],
    }),
  );
  const close = async (): Promise<void> => {
    client.destroy();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { client, tableName, close };
}
