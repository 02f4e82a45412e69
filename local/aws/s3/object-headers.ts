import type { OutgoingHttpHeaders } from "node:http";
import { validateHeaderValue } from "node:http";
import type { Fields } from "../http/aws-request";
import { ServiceError } from "../http/aws-request";
import type { ObjectMetadata } from "./object-file";

const MAX_USER_METADATA_BYTES = 2 * 1024;
const USER_METADATA = "x-amz-meta-";

const CONTENT_HEADERS = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];

/** `aws-chunked` describes the transfer, not the object. */
const withoutAwsChunked = (encoding: string) =>
  encoding
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "aws-chunked")
    .join(",");

/**
 * What a PUT asks to keep beside the body.
 * @throws {ServiceError} MetadataTooLarge above 2 KB of user metadata.
 */
export function metadataOfUpload(headers: Fields): Pick<ObjectMetadata, "contentHeaders" | "userMetadata"> {
  const contentHeaders: Record<string, string> = { "content-type": "binary/octet-stream" };
  for (const name of CONTENT_HEADERS) {
    const value = name === "content-encoding" ? withoutAwsChunked(headers[name] ?? "") : headers[name];
    if (value) contentHeaders[name] = value;
  }
  const userMetadata = Object.entries(headers)
    .filter(([name]) => name.startsWith(USER_METADATA))
    .map(([name, value]) => [name.slice(USER_METADATA.length), value] as const);
  // Header values are bytes, one character each.
  const sizeBytes = userMetadata.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (sizeBytes > MAX_USER_METADATA_BYTES) {
    throw new ServiceError(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      Size: String(sizeBytes),
      MaxSizeAllowed: String(MAX_USER_METADATA_BYTES),
    });
  }
  return { contentHeaders, userMetadata: Object.fromEntries(userMetadata) };
}

function overrides(parameters: Fields): Fields {
  const headers: Record<string, string> = {};
  for (const name of CONTENT_HEADERS) {
    const value = parameters[`response-${name}`];
    if (value === undefined) continue;
    try {
      validateHeaderValue(name, value);
    } catch {
      throw new ServiceError(400, "InvalidArgument", "Header value cannot be represented using ISO-8859-1.", {
        ArgumentName: `response-${name}`,
        ArgumentValue: value,
      });
    }
    headers[name] = value;
  }
  return headers;
}

export const validators = ({ eTag, lastModifiedMs }: ObjectMetadata): OutgoingHttpHeaders => ({
  ETag: `"${eTag}"`,
  "Last-Modified": new Date(lastModifiedMs).toUTCString(),
});

export const checksumHeaders = ({ checksum }: Pick<ObjectMetadata, "checksum">): OutgoingHttpHeaders => ({
  [`x-amz-checksum-${checksum.algorithm}`]: checksum.value,
  "x-amz-checksum-type": "FULL_OBJECT",
});

/** The headers of a GET or HEAD that do not depend on the range; `response-*` parameters replace what was stored. */
export const objectHeaders = (metadata: ObjectMetadata, parameters: Fields): OutgoingHttpHeaders => ({
  ...metadata.contentHeaders,
  ...overrides(parameters),
  ...Object.fromEntries(
    Object.entries(metadata.userMetadata).map(([name, value]) => [`${USER_METADATA}${name}`, value]),
  ),
  ...validators(metadata),
  "Accept-Ranges": "bytes",
});
