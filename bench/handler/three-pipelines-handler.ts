import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Renderer } from "../peers/renderer";
import { render as renderWithSharp } from "../peers/sharp-pipelines";

/** The usual way: a pipeline of its own for every preview, each uploaded as it ends, then the record. */

const s3 = new S3Client({ forcePathStyle: true });
const table = new DynamoDBClient({});

export const render: Renderer = async (_bytes, boxes, output) => {
  await setStatus("processing");
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "source", Key: "uploads/user/photo.jpg" }));
  const original = Buffer.from((await Body?.transformToByteArray()) ?? []);
  await Promise.all(
    boxes.map(async (box, index) => {
      const [preview] = await renderWithSharp(original, [box], output);
      await s3.send(
        new PutObjectCommand({
          Bucket: "processed",
          Key: `previews/bench/${index}.jpg`,
          Body: preview,
          ContentType: "image/jpeg",
        }),
      );
    }),
  );
  await setStatus("completed");
  return [];
};

const setStatus = (status: string): Promise<unknown> =>
  table.send(
    new UpdateItemCommand({
      TableName: "table",
      Key: { imageId: { S: "bench" }, timestamp: { N: "0" } },
      UpdateExpression: "SET processingStatus = :status",
      ExpressionAttributeValues: { ":status": { S: status } },
      ReturnValues: "ALL_NEW",
    }),
  );
