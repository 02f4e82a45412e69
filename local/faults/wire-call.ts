import type { IncomingMessage } from "node:http";

/** One request of a function to S3 or DynamoDB, as it is seen on the wire. */
export interface WireCall {
  readonly service: "s3" | "dynamodb";
  /** As the SDK names it: `GetObject`, `UpdateItem`. */
  readonly operation: string;
  /** Bucket or table. */
  readonly resource: string;
  /** Key of the object, decoded, or `imageId` of the item. */
  readonly key: string;
  readonly versionId?: string;
  /** The `processingStatus` that an UpdateItem sets: `processing` is a claim, `completed` a commit. */
  readonly writes?: string;
  /** Id of the process that sent the request, where `announce-process.cjs` was loaded into it. */
  readonly processId?: number;
}

const S3_OPERATIONS: Readonly<Record<string, string>> = {
  GET: "GetObject",
  HEAD: "HeadObject",
  PUT: "PutObject",
  DELETE: "DeleteObject",
};

export const isDynamoDb = (request: IncomingMessage): boolean => request.headers["x-amz-target"] !== undefined;

/** @param body of a request to DynamoDB; S3 says everything in its first lines */
export function describeCall(request: IncomingMessage, body: Buffer | undefined): WireCall {
  const processId = Number(/\bapp\/(\d+)/.exec(request.headers["user-agent"] ?? "")?.[1]);
  const sender = processId ? { processId } : {};
  return body ? { ...describeDynamoDbCall(request, body), ...sender } : { ...describeS3Call(request), ...sender };
}

function describeS3Call({ method = "", url = "" }: IncomingMessage): WireCall {
  // Not with URL: dots within the path are a part of the key.
  const [path = "", search] = url.split("?");
  const [, bucket = "", ...key] = path.split("/").map(decodeURIComponent);
  const versionId = new URLSearchParams(search).get("versionId");
  return {
    service: "s3",
    operation: key.length > 0 ? (S3_OPERATIONS[method] ?? method) : `${method} bucket`,
    resource: bucket,
    key: key.join("/"),
    ...(versionId !== null && { versionId }),
  };
}

interface DynamoDbRequest {
  readonly TableName?: string;
  readonly Key?: Readonly<Record<string, { readonly S?: string }>>;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S?: string }>>;
}

function describeDynamoDbCall(request: IncomingMessage, body: Buffer): WireCall {
  const input = JSON.parse(body.toString()) as DynamoDbRequest;
  const writes = assignedValue(input, "processingStatus");
  return {
    service: "dynamodb",
    operation: String(request.headers["x-amz-target"]).split(".")[1] ?? "",
    resource: input.TableName ?? "",
    key: input.Key?.imageId?.S ?? "",
    ...(writes !== undefined && { writes }),
  };
}

/** What an update expression assigns to an attribute: `SET #0 = :0`, with both names resolved. */
function assignedValue(input: DynamoDbRequest, attribute: string): string | undefined {
  const { UpdateExpression = "", ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = input;
  for (const [, name = "", value = ""] of UpdateExpression.matchAll(/(#\w+) = (:\w+)/g))
    if (ExpressionAttributeNames[name] === attribute) return ExpressionAttributeValues[value]?.S;
  return undefined;
}
