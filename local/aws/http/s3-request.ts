import type { IncomingHttpHeaders } from "node:http";
import { S3Error } from "../s3/s3-error";

export type Fields = Readonly<Record<string, string>>;

/** One request in path style (`/bucket/key`), decoded once. Header names are in lower case. */
export interface S3Request {
  readonly method: string;
  /** The path as sent, still encoded. */
  readonly path: string;
  readonly bucket: string;
  /** Empty when the bucket itself is meant. */
  readonly key: string;
  readonly parameters: Fields;
  /** The headers as sent: what signatures cover. */
  readonly headers: Fields;
  /** What S3 reads as headers: those sent, and the `x-amz-` parameters that a presigned URL carries in their stead. */
  readonly effectiveHeaders: Fields;
}

export const isPresigned = (parameters: Fields): boolean => "X-Amz-Signature" in parameters;

/** The parameters of a presigned URL that are its signature, and no header in disguise. */
export const SIGNATURE_PARAMETERS: readonly string[] = [
  "X-Amz-Algorithm",
  "X-Amz-Content-Sha256",
  "X-Amz-Credential",
  "X-Amz-Date",
  "X-Amz-Expires",
  "X-Amz-Signature",
  "X-Amz-SignedHeaders",
];

/**
 * Whether S3 reads this parameter of a presigned URL as a header. It does not for checksums: the SDK signs the one of an empty
 * body into every presigned PUT, because it cannot know the body yet, and S3 lets that pass.
 */
export const standsForHeader = (name: string): boolean =>
  name.toLowerCase().startsWith("x-amz-") && !SIGNATURE_PARAMETERS.includes(name) && !isUncheckedChecksum(name);

export const isUncheckedChecksum = (name: string): boolean =>
  /^x-amz-(sdk-checksum-algorithm|checksum-(?!mode$).*)$/i.test(name);

const invalidUri = () => new S3Error(400, "InvalidURI", "Couldn't parse the specified URI.");

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidUri();
  }
}

function parseParameters(query: string): Fields {
  const parameters: Record<string, string> = Object.create(null);
  for (const pair of query.split("&").filter((text) => text !== "")) {
    const [name = "", ...value] = pair.replaceAll("+", "%20").split("=");
    const decodedName = decode(name);
    if (decodedName in parameters) {
      throw new S3Error(400, "InvalidArgument", `The query parameter "${decodedName}" must be given once.`);
    }
    parameters[decodedName] = decode(value.join("="));
  }
  return parameters;
}

function flatten(headers: IncomingHttpHeaders): Fields {
  const flat: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

/** @throws {S3Error} InvalidURI when the path or query is not percent-encoded UTF-8. */
export function parseS3Request(method: string, url: string, incomingHeaders: IncomingHttpHeaders): S3Request {
  if (!url.startsWith("/")) throw invalidUri();
  const [path = "", ...query] = url.split("?");
  const endOfBucket = path.indexOf("/", 1) === -1 ? path.length : path.indexOf("/", 1);
  const parameters = parseParameters(query.join("?"));
  const headers = flatten(incomingHeaders);
  const hoisted = isPresigned(parameters) ? Object.entries(parameters).filter(([name]) => standsForHeader(name)) : [];
  return {
    method,
    path,
    bucket: decode(path.slice(1, endOfBucket)),
    key: decode(path.slice(endOfBucket + 1)),
    parameters,
    headers,
    effectiveHeaders: Object.assign(
      Object.create(null),
      Object.fromEntries(hoisted.map(([name, value]) => [name.toLowerCase(), value])),
      headers,
    ),
  };
}
