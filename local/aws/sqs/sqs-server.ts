import { ServiceError } from "../http/aws-request";
import type { SignaturePolicy } from "../http/signature-v4";
import { type SignedRequest, type SignedService, startSignedService } from "../http/signed-service";
import type { MessageQueue } from "./message-queue";
import { type ServedQueue, SQS_ACTIONS } from "./sqs-actions";
import { isSqsAction, MAX_MESSAGE_BYTES, parseSqsRequest, type SqsAction, type SqsRequest } from "./sqs-requests";

const TARGET = /^AmazonSQS\.(\w+)$/;
/** A message in JSON may need six characters for each byte. */
const MAX_BODY_BYTES = 6 * MAX_MESSAGE_BYTES + 4096;
const JSON_TYPE = "application/x-amz-json-1.0";

export interface SqsServerOptions extends Omit<SignaturePolicy, "service"> {
  /** 0: any free port. */
  readonly port: number;
  /** 12 digits, the first part of every queue's address. */
  readonly account: string;
  /** By their names. */
  readonly queues: ReadonlyMap<string, MessageQueue>;
}

export interface SqsServer extends SignedService {
  urlOf(queueName: string): string;
}

/**
 * Starts SQS on 127.0.0.1 for queues that exist, in its JSON protocol: send, receive, delete and change the visibility of
 * messages, alone and in batches; attributes and address of a queue. Everything else is refused as UnsupportedOperation.
 * @throws {Error} EADDRINUSE as Node words it when the port is taken
 */
export async function startSqsServer({ account, queues, ...options }: SqsServerOptions): Promise<SqsServer> {
  const service = await startSignedService({
    ...options,
    service: "sqs",
    maxBodyBytes: MAX_BODY_BYTES,
    answer: async (request) => ({
      status: 200,
      headers: { "Content-Type": JSON_TYPE },
      body: JSON.stringify(await answer(request, servedUnder(options.region, account, queues))),
    }),
    refusal: ({ status, code, message }) => ({
      status,
      headers: { "Content-Type": JSON_TYPE, "x-amzn-query-error": `${queryCode(code)};Sender` },
      body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }),
    }),
  });
  return { ...service, urlOf: (queueName) => `${service.endpoint}/${account}/${queueName}` };
}

/** Older clients know some refusals by the names of the protocol before. */
const queryCode = (code: string) => (code === "QueueDoesNotExist" ? "AWS.SimpleQueueService.NonExistentQueue" : code);

type QueueNamed = (queueName: string, endpoint: string) => ServedQueue;

const servedUnder =
  (region: string, account: string, queues: SqsServerOptions["queues"]): QueueNamed =>
  (queueName, endpoint) => {
    const queue = queues.get(queueName);
    if (!queue) throw new ServiceError(400, "QueueDoesNotExist", "The specified queue does not exist.");
    const url = `${endpoint}/${account}/${queueName}`;
    return { queue, url, arn: `arn:aws:sqs:${region}:${account}:${queueName}` };
  };

async function answer(request: SignedRequest, queueNamed: QueueNamed): Promise<object> {
  const [, action = ""] = TARGET.exec(request.headers["x-amz-target"] ?? "") ?? [];
  if (request.method !== "POST" || !isSqsAction(action))
    throw new ServiceError(400, "UnsupportedOperation", `${action || request.method} is not supported by this server.`);
  const text = request.body.toString("utf8");
  const endpoint = `http://${request.headers.host}`;
  if (action === "GetQueueUrl") return { QueueUrl: queueNamed(parseSqsRequest(action, text).QueueName, endpoint).url };
  return run(action, text, (queueUrl) => queueNamed(queueUrl.split("/").at(-1) ?? "", endpoint), request.signal);
}

function run<Name extends Exclude<SqsAction, "GetQueueUrl">>(
  action: Name,
  text: string,
  queueAt: (queueUrl: string) => ServedQueue,
  signal: AbortSignal,
): object | Promise<object> {
  const parsed = parseSqsRequest(action, text) as SqsRequest<Name> & { readonly QueueUrl: string };
  return SQS_ACTIONS[action](parsed, queueAt(parsed.QueueUrl), signal);
}
