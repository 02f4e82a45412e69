import { randomUUID } from "node:crypto";
import { ServiceError } from "../http/aws-request";
import type { SignaturePolicy } from "../http/signature-v4";
import { type ServiceAnswer, type SignedRequest, type SignedService, startSignedService } from "../http/signed-service";
import type { AsynchronousInvoker } from "./asynchronous-invoker";
import type { LocalFunction } from "./local-function";

/** What Lambda itself takes. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_SYNCHRONOUS_BYTES = 6 * 1024 * 1024;
const MAX_ASYNCHRONOUS_BYTES = 1024 * 1024;
const INVOKE_PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
/** Change what is asked. */
const OTHER_REQUESTS = ["x-amz-client-context", "x-amz-durable-execution-name", "x-amz-tenant-id"];

/** A function by both ways of invoking it. */
export interface InvocableFunction {
  readonly lambda: LocalFunction;
  readonly invoker: AsynchronousInvoker;
}

export interface InvokeServerOptions extends Omit<SignaturePolicy, "service"> {
  /** 0: any free port. */
  readonly port: number;
  /** By their names. */
  readonly functions: ReadonlyMap<string, InvocableFunction>;
}

/**
 * Starts Lambda's Invoke on 127.0.0.1, asynchronous (`Event`: accepted when the event is on the disk) and synchronous
 * (`RequestResponse`). Everything else is answered with 501.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function startInvokeServer({ functions, ...options }: InvokeServerOptions): Promise<SignedService> {
  return startSignedService({
    ...options,
    service: "lambda",
    maxBodyBytes: MAX_SYNCHRONOUS_BYTES,
    answer: (request) => answer(request, functions),
    refusal: ({ status, code, message }) => ({
      status,
      headers: { "Content-Type": "application/json", "x-amzn-ErrorType": code },
      body: JSON.stringify({ Type: status < 500 ? "User" : "Service", message, Message: message }),
    }),
  });
}

const unsupported = (what: string) =>
  new ServiceError(501, "NotImplemented", `${what} is not implemented: this server is a subset of Lambda.`);

async function answer(request: SignedRequest, functions: InvokeServerOptions["functions"]): Promise<ServiceAnswer> {
  const [, encodedName] = INVOKE_PATH.exec(request.path) ?? [];
  if (request.method !== "POST" || encodedName === undefined) throw unsupported(`${request.method} ${request.path}`);
  const { "x-amz-invocation-type": type = "RequestResponse", "x-amz-log-type": logType = "None" } = request.headers;
  if (logType !== "None") throw unsupported(`The log type ${JSON.stringify(logType)}`);
  const header = OTHER_REQUESTS.find((name) => name in request.headers);
  if (header) throw unsupported(`The header ${header}`);
  const invocable = functionNamed(decodeURIComponent(encodedName), functions);
  const payload = parsePayload(request.body);
  if (type === "Event") return invokeAsynchronously(invocable, payload, request.body.length);
  if (type === "RequestResponse") return invokeSynchronously(invocable, payload, request.signal);
  throw unsupported(`The invocation type ${JSON.stringify(type)}`);
}

/** A name or an ARN, either with `:$LATEST`. */
function functionNamed(name: string, functions: InvokeServerOptions["functions"]): InvocableFunction {
  const unqualified = name.replace(/:\$LATEST$/, "");
  for (const [known, invocable] of functions)
    if (unqualified === known || unqualified === invocable.lambda.arn) return invocable;
  throw new ServiceError(404, "ResourceNotFoundException", `Function not found: ${name}`);
}

function parsePayload(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (cause) {
    const message = `Could not parse request body into json: ${(cause as Error).message}`;
    throw new ServiceError(400, "InvalidRequestContentException", message);
  }
}

async function invokeAsynchronously({ invoker }: InvocableFunction, payload: unknown, bytes: number) {
  if (bytes > MAX_ASYNCHRONOUS_BYTES) {
    const message = `${bytes} byte payload is too large for the Event invocation type (limit ${MAX_ASYNCHRONOUS_BYTES} bytes)`;
    throw new ServiceError(413, "RequestTooLargeException", message);
  }
  return { status: 202, headers: { "x-amzn-RequestId": await invoker.enqueue(payload) } };
}

async function invokeSynchronously(
  { lambda, invoker }: InvocableFunction,
  payload: unknown,
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  if (!lambda.hasCapacity) throw new ServiceError(429, "TooManyRequestsException", "Rate Exceeded.");
  const requestId = randomUUID();
  const invocation = lambda.invoke(JSON.stringify(payload), requestId).finally(() => invoker.wake());
  // The function runs on when nobody waits any more.
  const { outcome } = await Promise.race([invocation, abortion(signal)]);
  const headers = {
    "Content-Type": "application/json",
    "x-amzn-RequestId": requestId,
    "X-Amz-Executed-Version": "$LATEST",
  };
  return outcome.kind === "result"
    ? { status: 200, headers, body: outcome.payload }
    : {
        status: 200,
        headers: { ...headers, "X-Amz-Function-Error": "Unhandled" },
        body: JSON.stringify(outcome.error),
      };
}

const abortion = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const refuse = () => reject(new ServiceError(500, "ServiceException", "The server stops."));
    if (signal.aborted) refuse();
    else signal.addEventListener("abort", refuse, { once: true });
  });
