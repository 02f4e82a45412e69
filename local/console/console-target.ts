import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import type { LocalSystem } from "../local-system";

export type ConsoleSystem = Pick<
  LocalSystem,
  "region" | "credentials" | "s3Endpoint" | "dynamodbEndpoint" | "sourceBucket" | "processedBucket" | "metadataTable"
>;

/** The environment that the console shows: its buckets and table, through the same clients that any other program uses. */
export interface ConsoleTarget {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly sourceBucket: string;
  readonly processedBucket: string;
  readonly metadataTable: string;
  /** What the page is told of its surroundings at its start. */
  readonly about: {
    /** In the bar: which environment this is. */
    readonly environment: string;
    readonly region: string;
    readonly sourceBucket: string;
    /** Where the page itself may send uploads; absent where it may not. */
    readonly s3Endpoint?: string;
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly uploads: boolean;
    readonly operations: { readonly reprocess: boolean; readonly replay: boolean; readonly delete: boolean };
  };
}

/** The system on this machine. */
export function localTarget(system: ConsoleSystem): ConsoleTarget {
  const { region, credentials, s3Endpoint, sourceBucket, processedBucket, metadataTable } = system;
  return {
    sourceBucket,
    processedBucket,
    metadataTable,
    s3: new S3Client({
      region,
      credentials,
      endpoint: s3Endpoint,
      forcePathStyle: true,
      // A signed URL is made before the body is known: it must not carry the checksum of an empty one.
      requestChecksumCalculation: "WHEN_REQUIRED",
    }),
    dynamodb: new DynamoDBClient({ region, credentials, endpoint: system.dynamodbEndpoint }),
    about: {
      environment: "on this machine",
      region,
      sourceBucket,
      s3Endpoint,
      credentials,
      uploads: true,
      operations: { reprocess: false, replay: false, delete: false },
    },
  };
}
