import { type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, PutObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import sharp from "sharp";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import { type LocalSystem, type LocalSystemOptions, startLocalSystem } from "../../local/local-system";
import { connectPipeline, type Pipeline } from "../../operations/pipeline-clients";
import { localSystemOptions } from "./local-system-options";

export interface LocalPipeline {
  readonly system: LocalSystem;
  /** What operations work on. */
  readonly pipeline: Pipeline;
  upload(key: string, body: Buffer): Promise<void>;
  records(): Promise<readonly ImageRecord[]>;
  put(bucket: string, key: string): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  keysIn(bucket: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The local system with everything that a test of operations looks at. */
export async function startLocalPipeline(
  directory: string,
  overrides: Partial<LocalSystemOptions> = {},
): Promise<LocalPipeline> {
  const system = await startLocalSystem({ ...localSystemOptions(directory), ...overrides });
  const pipeline = connectPipeline(system.environment);
  const { s3, dynamodb, sourceBucket } = pipeline;
  return {
    system,
    pipeline,
    upload: async (Key, Body) => void (await s3.send(new PutObjectCommand({ Bucket: sourceBucket, Key, Body }))),
    records: () => scan(dynamodb, pipeline.metadataTable),
    put: async (Bucket, Key) => void (await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }))),
    remove: async (Bucket, Key) => void (await s3.send(new DeleteObjectCommand({ Bucket, Key }))),
    keysIn: async (Bucket) => {
      const keys: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket }))
        keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
      return keys;
    },
    close: async () => {
      pipeline.close();
      await system.close();
    },
  };
}

async function scan(dynamodb: DynamoDBClient, TableName: string): Promise<readonly ImageRecord[]> {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
  return Items.map((item) => unmarshall(item) as ImageRecord);
}

/** A small photo whose bytes differ by colour. */
export const colouredPhoto = (red: number): Promise<Buffer> =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: { r: red, g: 90, b: 60 } } })
    .jpeg()
    .toBuffer();
