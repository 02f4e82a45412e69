import { createHash } from "node:crypto";
import { ServiceError } from "../http/aws-request";
import type { Message, MessageQueue, ReceivedMessage } from "./message-queue";
import { InvalidReceiptHandle } from "./message-queue";
import type { SqsAction, SqsRequest } from "./sqs-requests";

const MAX_BATCH = 10;
/** Every message is sent by the one user of this machine. */
const SENDER = "AIDALOCALUSER00000000";

/** A queue under the names that clients know it by. */
export interface ServedQueue {
  readonly queue: MessageQueue;
  readonly url: string;
  readonly arn: string;
}

type Action<Name extends SqsAction> = (
  request: SqsRequest<Name>,
  served: ServedQueue,
  signal: AbortSignal,
) => object | Promise<object>;

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

const sendMessage: Action<"SendMessage"> = async (request, { queue }) => {
  const { MessageBody, MessageAttributes, DelaySeconds } = request;
  const MessageId = await queue.send(MessageBody, { attributes: MessageAttributes, delayMs: DelaySeconds * 1000 });
  return {
    MessageId,
    MD5OfMessageBody: md5(MessageBody),
    ...(Object.keys(MessageAttributes).length > 0 && { MD5OfMessageAttributes: attributeDigest(MessageAttributes) }),
  };
};

const receiveMessage: Action<"ReceiveMessage"> = async (request, { queue }, signal) => {
  const { VisibilityTimeout, AttributeNames, MessageSystemAttributeNames, MessageAttributeNames } = request;
  const messages = await queue.receive({
    maximum: request.MaxNumberOfMessages,
    ...(VisibilityTimeout !== undefined && { visibilityTimeoutMs: VisibilityTimeout * 1000 }),
    waitMs: request.WaitTimeSeconds * 1000,
    signal,
  });
  const systemNames = [...AttributeNames, ...MessageSystemAttributeNames];
  return {
    ...(messages.length > 0 && {
      Messages: messages.map((message) => wireMessage(message, systemNames, MessageAttributeNames)),
    }),
  };
};

function wireMessage(message: ReceivedMessage, systemNames: readonly string[], names: readonly string[]): object {
  const system = {
    SenderId: SENDER,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  };
  const Attributes = pick(system, (name) => systemNames.includes("All") || systemNames.includes(name));
  const MessageAttributes = pick(message.attributes, (name) => names.some((wanted) => isWanted(name, wanted)));
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(Object.keys(Attributes).length > 0 && { Attributes }),
    ...(Object.keys(MessageAttributes).length > 0 && {
      MessageAttributes,
      MD5OfMessageAttributes: attributeDigest(MessageAttributes),
    }),
  };
}

const isWanted = (name: string, wanted: string): boolean =>
  wanted === "All" || wanted === name || (wanted.endsWith(".*") && name.startsWith(wanted.slice(0, -2)));

const pick = <T>(entries: Readonly<Record<string, T>>, isPicked: (name: string) => boolean): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).filter(([name]) => isPicked(name)));

const deleteMessage: Action<"DeleteMessage"> = async ({ ReceiptHandle }, { queue }) => {
  await withValidHandle(() => queue.delete(ReceiptHandle));
  return {};
};

const changeMessageVisibility: Action<"ChangeMessageVisibility"> = async (request, { queue }) => {
  const { ReceiptHandle, VisibilityTimeout } = request;
  const changed = await withValidHandle(async () => queue.changeVisibility(ReceiptHandle, VisibilityTimeout * 1000));
  if (!changed) throw new ServiceError(400, "MessageNotInflight", "The message is not in flight.");
  return {};
};

async function withValidHandle<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InvalidReceiptHandle) throw new ServiceError(400, "ReceiptHandleIsInvalid", error.message);
    throw error;
  }
}

const getQueueAttributes: Action<"GetQueueAttributes"> = ({ AttributeNames }, { queue, arn }) => {
  const { visible, inFlight, delayed } = queue.counts();
  const { redrive } = queue;
  const attributes: Record<string, string> = {
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(queue.visibilityTimeoutMs / 1000),
    MessageRetentionPeriod: String(queue.retentionMs / 1000),
    MaximumMessageSize: String(1024 * 1024),
    DelaySeconds: "0",
    ReceiveMessageWaitTimeSeconds: "0",
    QueueArn: arn,
    ...(redrive && { RedrivePolicy: JSON.stringify({ maxReceiveCount: redrive.maxReceiveCount }) }),
  };
  const unknown = AttributeNames.find((name) => name !== "All" && name !== "RedrivePolicy" && !(name in attributes));
  if (unknown) throw new ServiceError(400, "InvalidAttributeName", `Unknown Attribute ${unknown}.`);
  return { Attributes: pick(attributes, (name) => AttributeNames.includes("All") || AttributeNames.includes(name)) };
};

/** Runs a single action for every entry of a batch; failures of one are no failures of the others. */
function batch<Entry extends { readonly Id: string }>(one: (entry: Entry, served: ServedQueue) => Promise<object>) {
  return async ({ Entries }: { readonly Entries: readonly Entry[] }, served: ServedQueue): Promise<object> => {
    checkEntries(Entries);
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const entry of Entries) {
      try {
        Successful.push({ Id: entry.Id, ...(await one(entry, served)) });
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
      }
    }
    return { Successful, ...(Failed.length > 0 && { Failed }) };
  };
}

function checkEntries(entries: readonly { readonly Id: string }[]): void {
  if (entries.length === 0)
    throw new ServiceError(400, "EmptyBatchRequest", "There must be at least one entry in the request.");
  if (entries.length > MAX_BATCH)
    throw new ServiceError(
      400,
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are ${MAX_BATCH}. You have sent ${entries.length}.`,
    );
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw new ServiceError(400, "BatchEntryIdsNotDistinct", "Ids of the entries must differ.");
}

const unsignalled = new AbortController().signal;

export const SQS_ACTIONS: { readonly [Name in Exclude<SqsAction, "GetQueueUrl">]: Action<Name> } = {
  SendMessage: sendMessage,
  SendMessageBatch: batch(async (entry, served) =>
    sendMessage({ ...entry, QueueUrl: served.url }, served, unsignalled),
  ),
  ReceiveMessage: receiveMessage,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: batch(async (entry, served) =>
    deleteMessage({ ...entry, QueueUrl: served.url }, served, unsignalled),
  ),
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: batch(async (entry, served) =>
    changeMessageVisibility({ ...entry, QueueUrl: served.url }, served, unsignalled),
  ),
  GetQueueAttributes: getQueueAttributes,
};

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
function attributeDigest(attributes: Message["attributes"]): string {
  const hash = createHash("md5");
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, { DataType, StringValue }] of sorted)
    hash.update(Buffer.concat([withLength(name), withLength(DataType), STRING, withLength(StringValue)]));
  return hash.digest("hex");
}
