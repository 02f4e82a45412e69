import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { S3Event } from "aws-lambda";
import { hasLoopbackName } from "../../../loopback/loopback-server";
import { ServiceError } from "../http/aws-request";
import { type SignaturePolicy, verifySignature } from "../http/signature-v4";
import { type CorsRule, corsHeaders, preflightHeaders } from "./cors";
import { getObject } from "./get-object";
import { listObjects } from "./list-objects";
import { checksumHeaders } from "./object-headers";
import type { ObjectStore } from "./object-store";
import { writeCondition } from "./preconditions";
import { putObject } from "./put-object";
import { errorDocument } from "./s3-error";
import { objectCreatedEvent } from "./s3-event";
import { operationOf, refuseUnknown } from "./s3-operation";
import { parseS3Request, type S3Request } from "./s3-request";
import type { Sequencer } from "./sequencer";
import { answerElement, Xml, xmlDocument } from "./xml";

export interface ServedBucket {
  readonly store: ObjectStore;
  readonly corsRules: readonly CorsRule[];
  /** PUTs to keys that begin so are announced. */
  readonly eventPrefix?: string;
}

export interface S3Service extends SignaturePolicy {
  readonly buckets: ReadonlyMap<string, ServedBucket>;
  readonly sequencer: Sequencer;
  readonly onObjectCreated?: (event: S3Event) => Promise<void>;
}

/** One request on its way through the server. */
interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly request: S3Request;
  readonly requestId: string;
}

function sendXml(response: ServerResponse, status: number, root: Xml): void {
  response.writeHead(status, { "Content-Type": "application/xml" }).end(xmlDocument(root));
}

function bucketOf(service: S3Service, name: string): ServedBucket {
  const bucket = service.buckets.get(name);
  if (bucket) return bucket;
  throw new ServiceError(404, "NoSuchBucket", "The specified bucket does not exist", { BucketName: name });
}

function answerPreflight({ request, response }: Exchange, service: S3Service): void {
  const { corsRules } = bucketOf(service, request.bucket);
  response.writeHead(200, preflightHeaders(corsRules, request.headers)).end();
}

/** Browsers show a page only those answers, refusals too, that carry these headers. */
function allowOrigin({ request, response }: Exchange, service: S3Service): void {
  const { origin } = request.headers;
  const rules = service.buckets.get(request.bucket)?.corsRules;
  const headers = origin && rules && corsHeaders(rules, origin, request.method);
  for (const [name, value] of Object.entries(headers || {})) response.setHeader(name, value);
}

async function answerPut(exchange: Exchange, service: S3Service, bucket: ServedBucket, payloadHash: string) {
  const { incoming, response, request, requestId } = exchange;
  const object = await putObject(request, incoming, payloadHash, bucket.store);
  if (bucket.eventPrefix !== undefined && request.key.startsWith(bucket.eventPrefix)) {
    // Before the answer: a PUT that was acknowledged must never lose its event. Nothing waits between the store and `take`,
    // so that the sequencers of a key have the order of its PUTs.
    await service.onObjectCreated?.(
      objectCreatedEvent(object, {
        bucket: request.bucket,
        region: service.region,
        sourceIpAddress: incoming.socket.remoteAddress ?? "127.0.0.1",
        requestId,
        sequencer: service.sequencer.take(),
      }),
    );
  }
  response.writeHead(200, { ETag: `"${object.eTag}"`, ...checksumHeaders(object) }).end();
}

/** S3 leaves the name of its first region out. */
const locationConstraint = (region: string) =>
  answerElement("LocationConstraint", ...(region === "us-east-1" ? [] : [new Xml(region)]));

async function answer(exchange: Exchange, service: S3Service): Promise<void> {
  const { request, response } = exchange;
  if (request.method === "OPTIONS") return answerPreflight(exchange, service);
  allowOrigin(exchange, service);
  const operation = operationOf(request);
  const payloadHash = verifySignature(request, service, Date.now());
  refuseUnknown(request, operation);
  const bucket = bucketOf(service, request.bucket);
  switch (operation) {
    case "GetObject":
    case "HeadObject":
      return getObject(request, response, bucket.store);
    case "PutObject":
      return answerPut(exchange, service, bucket, payloadHash);
    case "DeleteObject":
      await bucket.store.delete(request.key, writeCondition(request.key, request.headers));
      response.writeHead(204).end();
      return;
    case "ListObjectsV2":
      return sendXml(response, 200, listObjects(request.bucket, bucket.store.objects, request.parameters));
    case "HeadBucket":
      response.writeHead(200, { "x-amz-bucket-region": service.region }).end();
      return;
    case "GetBucketLocation":
      return sendXml(response, 200, locationConstraint(service.region));
    case "GetBucketVersioning":
      // Without a status: it was never switched on.
      return sendXml(response, 200, answerElement("VersioningConfiguration"));
  }
}

/** Before anything else is read, a preflight too. */
function requireLoopbackName(incoming: IncomingMessage): void {
  if (!hasLoopbackName(incoming))
    throw new ServiceError(403, "AccessDenied", "This server answers only under the name 127.0.0.1 or localhost.");
}

function refuse(incoming: IncomingMessage, response: ServerResponse, error: unknown, requestId: string): void {
  // Lets the client finish its body: many read the answer only then.
  incoming.resume();
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const refusal =
    error instanceof ServiceError
      ? error
      : new ServiceError(500, "InternalError", `We encountered an internal error: ${String(error)}`);
  if (incoming.method === "HEAD") {
    response.writeHead(refusal.status).end();
    return;
  }
  const resource = (incoming.url ?? "").split("?", 1)[0] ?? "";
  sendXml(response, refusal.status, errorDocument(refusal, resource, requestId));
}

/** Answers one request; every failure becomes an answer. */
export async function handleS3Request(
  service: S3Service,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomBytes(8).toString("hex").toUpperCase();
  response.setHeader("x-amz-request-id", requestId);
  try {
    requireLoopbackName(incoming);
    const request = parseS3Request(incoming.method ?? "", incoming.url ?? "", incoming.headers);
    await answer({ incoming, response, request, requestId }, service);
  } catch (error) {
    refuse(incoming, response, error, requestId);
  }
}
