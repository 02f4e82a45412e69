import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { hasLoopbackName, listenOnLoopback, readBody, stopServer } from "../../../loopback/loopback-server";
import { type AwsRequest, parseAwsRequest, ServiceError } from "./aws-request";
import { type SignaturePolicy, verifySignature } from "./signature-v4";

/** A request whose signature and body were checked against each other. */
export interface SignedRequest extends AwsRequest {
  readonly body: Buffer;
  /** Aborts when the client is gone or the server closes. */
  readonly signal: AbortSignal;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SignedServiceOptions extends SignaturePolicy {
  /** 0: any free port. */
  readonly port: number;
  readonly maxBodyBytes: number;
  /** @throws {ServiceError} */
  readonly answer: (request: SignedRequest) => Promise<ServiceAnswer>;
  readonly refusal: (error: ServiceError) => ServiceAnswer;
}

export interface SignedService {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Ends waiting requests and every connection. */
  close(): Promise<void>;
}

/**
 * Starts an endpoint of AWS on 127.0.0.1 that takes what the SDKs sign, and nothing from web pages.
 * @throws {Error} EADDRINUSE as Node words it when the port is taken
 */
export async function startSignedService(options: SignedServiceOptions): Promise<SignedService> {
  const closing = new AbortController();
  const atWork = new Set<Promise<void>>();
  const server = createServer((incoming, response) => {
    const work = exchange(options, incoming, response, closing.signal).finally(() => atWork.delete(work));
    atWork.add(work);
  });
  return {
    endpoint: await listenOnLoopback(server, options.port),
    close: async () => {
      closing.abort();
      await Promise.all(atWork);
      await stopServer(server);
    },
  };
}

async function exchange(
  options: SignedServiceOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const request = await verifiedRequest(options, incoming);
    send(response, await options.answer({ ...request, signal: AbortSignal.any([gone.signal, closing]) }));
  } catch (error) {
    // Lets the client finish its body: many read the answer only then.
    incoming.resume();
    send(response, options.refusal(asServiceError(error)));
  }
}

function send(response: ServerResponse, { status, headers, body = "" }: ServiceAnswer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { "Content-Length": Buffer.byteLength(body), ...headers }).end(body);
}

async function verifiedRequest(options: SignedServiceOptions, incoming: IncomingMessage) {
  if (!hasLoopbackName(incoming) || incoming.headers.origin !== undefined)
    throw new ServiceError(403, "AccessDeniedException", "This server answers programs of this machine only.");
  const request = inItsWords(() => parseAwsRequest(incoming.method ?? "", incoming.url ?? "", incoming.headers));
  const body = await readBody(incoming, options.maxBodyBytes);
  if (!body) {
    const message = `The body must have at most ${options.maxBodyBytes} bytes`;
    throw new ServiceError(413, "RequestTooLargeException", message);
  }
  const bodyHash = createHash("sha256").update(body).digest("hex");
  inItsWords(() => verifySignature(request, options, Date.now(), bodyHash));
  return { ...request, body };
}

/** What services with a JSON protocol call the refusals of a signature. */
const SIGNATURE_CODES: Readonly<Record<string, string>> = {
  AccessDenied: "MissingAuthenticationTokenException",
  InvalidAccessKeyId: "UnrecognizedClientException",
};

function inItsWords<T>(verify: () => T): T {
  try {
    return verify();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ServiceError(403, SIGNATURE_CODES[error.code] ?? "InvalidSignatureException", error.message);
  }
}

function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  return new ServiceError(500, "InternalFailure", `We encountered an internal error: ${String(error)}`);
}
