import { createHash } from "node:crypto";
import type { Message } from "./message-queue";

const STRING = Buffer.from([1]);

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/**
 * The digest by which clients check that the attributes of a message arrived whole.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function attributeDigest(attributes: Message["attributes"]): string {
  const hash = createHash("md5");
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, { DataType, StringValue }] of sorted)
    hash.update(Buffer.concat([withLength(name), withLength(DataType), STRING, withLength(StringValue)]));
  return hash.digest("hex");
}
