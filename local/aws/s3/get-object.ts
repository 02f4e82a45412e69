import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { type ByteRange, parseByteRange } from "./byte-range";
import type { ObjectMetadata } from "./object-file";
import { checksumHeaders, objectHeaders, validators } from "./object-headers";
import type { ObjectStore, OpenObject } from "./object-store";
import { isNotModified } from "./preconditions";
import { noSuchKey } from "./s3-error";
import type { S3Request } from "./s3-request";

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
