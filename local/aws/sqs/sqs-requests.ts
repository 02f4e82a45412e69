import * as v from "valibot";
import { ServiceError } from "../http/aws-request";

/** Since 2025 a message may have a MiB. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_VISIBILITY_SECONDS = 12 * 3600;

const integer = (from: number, to: number) => v.pipe(v.number(), v.integer(), v.minValue(from), v.maxValue(to));
const queueUrl = { QueueUrl: v.string() };
const names = v.optional(v.array(v.string()), []);
const id = v.pipe(v.string(), v.regex(/^[\w-]{1,80}$/));

const sending = {
  MessageBody: v.pipe(v.string(), v.nonEmpty(), v.maxBytes(MAX_MESSAGE_BYTES)),
  DelaySeconds: v.optional(integer(0, 900), 0),
  MessageAttributes: v.optional(
    v.record(
      v.pipe(v.string(), v.regex(/^[\w.-]{1,256}$/)),
      v.strictObject({
        DataType: v.pipe(v.string(), v.regex(/^(String|Number)(\..+)?$/)),
        StringValue: v.pipe(v.string(), v.nonEmpty()),
      }),
    ),
    {},
  ),
};
const deleting = { ReceiptHandle: v.string() };
const changing = { ...deleting, VisibilityTimeout: integer(0, MAX_VISIBILITY_SECONDS) };
const batchOf = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject({ ...queueUrl, Entries: v.array(v.strictObject({ Id: id, ...entries })) });

/** Strict: a member that this server does not know would be ignored silently, so it is refused. */
export const REQUESTS = {
  SendMessage: v.strictObject({ ...queueUrl, ...sending }),
  SendMessageBatch: batchOf(sending),
  ReceiveMessage: v.strictObject({
    ...queueUrl,
    MaxNumberOfMessages: v.optional(integer(1, 10), 1),
    VisibilityTimeout: v.optional(integer(0, MAX_VISIBILITY_SECONDS)),
    WaitTimeSeconds: v.optional(integer(0, 20), 0),
    AttributeNames: names,
    MessageSystemAttributeNames: names,
    MessageAttributeNames: names,
  }),
  DeleteMessage: v.strictObject({ ...queueUrl, ...deleting }),
  DeleteMessageBatch: batchOf(deleting),
  ChangeMessageVisibility: v.strictObject({ ...queueUrl, ...changing }),
  ChangeMessageVisibilityBatch: batchOf(changing),
  GetQueueAttributes: v.strictObject({ ...queueUrl, AttributeNames: names }),
  GetQueueUrl: v.strictObject({ QueueName: v.string() }),
} as const;
export type SqsAction = keyof typeof REQUESTS;
export type SqsRequest<Action extends SqsAction> = v.InferOutput<(typeof REQUESTS)[Action]>;

export const isSqsAction = (name: string): name is SqsAction => Object.hasOwn(REQUESTS, name);

/** @throws {ServiceError} UnsupportedOperation for a member that this server does not know, InvalidParameterValue */
export function parseSqsRequest<Action extends SqsAction>(action: Action, body: string): SqsRequest<Action> {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    throw new ServiceError(400, "SerializationException", "The body must be JSON.");
  }
  const parsed = v.safeParse(REQUESTS[action], content);
  if (parsed.success) return parsed.output as SqsRequest<Action>;
  const [issue] = parsed.issues;
  const path = issue.path?.map(({ key }) => String(key)).join(".") ?? "the request";
  if (issue.expected === "never")
    throw new ServiceError(400, "UnsupportedOperation", `${action} with ${path} is not supported by this server.`);
  if (issue.received === "undefined")
    throw new ServiceError(400, "MissingParameter", `The request must contain the parameter ${path}.`);
  throw new ServiceError(400, "InvalidParameterValue", `Value ${issue.received} for parameter ${path} is invalid.`);
}
