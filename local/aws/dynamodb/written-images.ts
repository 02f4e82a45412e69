import type { IncomingMessage } from "node:http";

interface ItemKey {
  readonly imageId?: { readonly S?: string };
}

interface WriteRequest {
  readonly Key?: ItemKey;
  readonly Item?: ItemKey;
  readonly RequestItems?: Readonly<Record<string, readonly BatchedWrite[]>>;
}

interface BatchedWrite {
  readonly PutRequest?: { readonly Item?: ItemKey };
  readonly DeleteRequest?: { readonly Key?: ItemKey };
}

const WRITES = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];

/** The image ids that a request to DynamoDB writes or deletes; none for one that only reads. */
export function writtenImages(request: IncomingMessage, body: Buffer): readonly string[] {
  const [, operation = ""] = String(request.headers["x-amz-target"]).split(".");
  if (!WRITES.includes(operation)) return [];
  const { Key, Item, RequestItems = {} } = JSON.parse(body.toString()) as WriteRequest;
  const batched = Object.values(RequestItems)
    .flat()
    .map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key);
  return [Key, Item, ...batched].flatMap((key) => key?.imageId?.S ?? []);
}
