import type { IncomingHttpHeaders } from "node:http";
import { type AwsRequest, decodeUriText, type Fields, isPresigned, parseAwsRequest } from "../http/aws-request";

/** A request in path style (`/bucket/key`). */
export interface S3Request extends AwsRequest {
  readonly bucket: string;
  /** Empty when the bucket itself is meant. */
  readonly key: string;
  /** What S3 reads as headers: those sent, and the `x-amz-` parameters that a presigned URL carries in their stead. */
  readonly effectiveHeaders: Fields;
}

/** The parameters of a presigned URL that are its signature, and not a header in disguise. */
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

/** @throws {ServiceError} InvalidURI when the path or query is not percent-encoded UTF-8. */
export function parseS3Request(method: string, url: string, incomingHeaders: IncomingHttpHeaders): S3Request {
  const request = parseAwsRequest(method, url, incomingHeaders);
  const { path, parameters, headers } = request;
  const endOfBucket = path.indexOf("/", 1) === -1 ? path.length : path.indexOf("/", 1);
  const hoisted = isPresigned(parameters) ? Object.entries(parameters).filter(([name]) => standsForHeader(name)) : [];
  return {
    ...request,
    bucket: decodeUriText(path.slice(1, endOfBucket)),
    key: decodeUriText(path.slice(endOfBucket + 1)),
    effectiveHeaders: Object.assign(
      Object.create(null),
      Object.fromEntries(hoisted.map(([name, value]) => [name.toLowerCase(), value])),
      headers,
    ),
  };
}
