import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { ServiceError } from "../http/aws-request";
import type { ObjectMetadata } from "./object-file";
import { checksumHeaders, objectHeaders, validators } from "./object-headers";
import type { ObjectStore, OpenObject } from "./object-store";
import { isNotModified } from "./preconditions";
import { noSuchKey, notImplemented } from "./s3-error";
import type { S3Request } from "./s3-request";

/** Both ends belong to the range. */
interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads a Range header.
 * @returns undefined when the whole body is meant; HTTP asks to ignore what is malformed.
 * @throws {ServiceError} InvalidRange when the body has no byte of it; NotImplemented for several ranges, which S3 lacks too.
 */
function parseByteRange(header: string, sizeBytes: number): ByteRange | undefined {
  if (/^bytes=.*,/.test(header)) throw notImplemented(`A Range of several parts (${JSON.stringify(header)})`);
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header) ?? [];
  if (from === "" && to === "") return undefined;
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;

  const first = from === "" ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const last = from === "" || to === "" ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (first > last) {
    throw new ServiceError(416, "InvalidRange", "The requested range is not satisfiable", {
      RangeRequested: header,
      ActualObjectSize: String(sizeBytes),
    });
  }
  return { first, last };
}

function requestedRange({ headers }: S3Request, { eTag, sizeBytes }: ObjectMetadata): ByteRange | undefined {
  const ifRange = headers["if-range"];
  if (headers.range === undefined || (ifRange !== undefined && ifRange !== `"${eTag}"`)) return undefined;
  return parseByteRange(headers.range, sizeBytes);
}

function writeHead(request: S3Request, response: ServerResponse, metadata: ObjectMetadata, range?: ByteRange): void {
  const headers = objectHeaders(metadata, request.parameters);
  if (range) {
    response.writeHead(206, {
      ...headers,
      "Content-Length": range.last - range.first + 1,
      "Content-Range": `bytes ${range.first}-${range.last}/${metadata.sizeBytes}`,
    });
    return;
  }
  const wantsChecksum = request.effectiveHeaders["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED";
  response.writeHead(200, {
    ...headers,
    // Of the whole object: a client could not check a part against it.
    ...(wantsChecksum && checksumHeaders(metadata)),
    "Content-Length": metadata.sizeBytes,
  });
}

async function respond(request: S3Request, response: ServerResponse, { metadata, file }: OpenObject): Promise<void> {
  if (isNotModified(metadata, request.headers)) {
    response.writeHead(304, validators(metadata)).end();
    return;
  }
  const range = requestedRange(request, metadata);
  writeHead(request, response, metadata, range);
  const { first, last } = range ?? { first: 0, last: metadata.sizeBytes - 1 };
  if (request.method === "HEAD" || last < first) {
    response.end();
    return;
  }
  await pipeline(file.createReadStream({ start: first, end: last }), response);
}

/** Answers GetObject and HeadObject. */
export async function getObject(request: S3Request, response: ServerResponse, store: ObjectStore): Promise<void> {
  const object = await store.get(request.key);
  if (!object) throw noSuchKey(request.key);
  try {
    await respond(request, response, object);
  } finally {
    await object.file.close();
  }
}
