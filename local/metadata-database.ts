import { METADATA_TABLE } from "../contract/names";
import { type DynamoDbServer, type DynamoDbServerOptions, startDynamoDbServer } from "./aws/dynamodb/dynamodb-server";

export interface MetadataDatabaseOptions extends Omit<DynamoDbServerOptions, "table" | "onWritten"> {
  readonly tableName: string;
  /** Told of every record that was written or deleted, once that is so. */
  readonly onWritten?: (key: { readonly imageId: string }) => void;
}

/**
 * Starts a local DynamoDB with the metadata table and its indexes, as the stack defines them.
 * @throws {Error} EADDRINUSE as Node words it when the port is taken; one sentence when the directory cannot be used
 */
export const startMetadataDatabase = ({
  tableName,
  onWritten,
  ...options
}: MetadataDatabaseOptions): Promise<DynamoDbServer> =>
  startDynamoDbServer({
    ...options,
    table: tableDefinition(tableName),
    onWritten:
      onWritten &&
      (({ [METADATA_TABLE.partitionKey]: imageId }) => {
        if (imageId?.S !== undefined) onWritten({ imageId: imageId.S });
      }),
  });

function tableDefinition(TableName: string): DynamoDbServerOptions["table"] {
  const { partitionKey, sortKey, indexes } = METADATA_TABLE;
  const keySchema = (partition: string) => [
    { AttributeName: partition, KeyType: "HASH" as const },
    { AttributeName: sortKey, KeyType: "RANGE" as const },
  ];
  const texts = [partitionKey, ...indexes.map((index) => index.partitionKey)];
  return {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      ...texts.map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
      { AttributeName: sortKey, AttributeType: "N" as const },
    ],
    KeySchema: keySchema(partitionKey),
    GlobalSecondaryIndexes: indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: keySchema(index.partitionKey),
      Projection: { ProjectionType: "ALL" as const },
    })),
  };
}
