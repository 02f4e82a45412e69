import type { Fields } from "../http/aws-request";
import { ServiceError } from "../http/aws-request";
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, DIGEST_BYTES, isChecksumAlgorithm } from "./checksums";
import { notImplemented } from "./s3-error";

/** 5 GiB, the most that S3 takes in one PUT. */
export const MAX_BODY_BYTES = 5 * 1024 ** 3;

/** What the head of a PUT says of its body, to be held against what arrives. */
export interface UploadDeclaration {
  /** Of the object, not of its encoding. */
  readonly sizeBytes: number;
  readonly awsChunked: boolean;
  readonly contentMd5?: Buffer;
  readonly sha256?: Buffer;
  readonly checksumAlgorithm: ChecksumAlgorithm;
  /** From a header. */
  readonly checksum?: Buffer;
  /** The checksum follows the body, in this trailer. */
  readonly checksumTrailer?: string;
}

const CHUNKED_PAYLOADS: readonly string[] = [
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
];

const invalidRequest = (message: string) => new ServiceError(400, "InvalidRequest", message);

/** @returns undefined when the text is not the base64 of so many bytes. */
export function decodeDigest(text: string, lengthBytes: number): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.length === lengthBytes && bytes.toString("base64") === text ? bytes : undefined;
}

export function parseChecksum(algorithm: ChecksumAlgorithm, text: string): Buffer {
  const checksum = decodeDigest(text, DIGEST_BYTES[algorithm]);
  if (!checksum) throw invalidRequest(`Value for x-amz-checksum-${algorithm} header is invalid.`);
  return checksum;
}

function parseSize(headers: Fields, awsChunked: boolean): number {
  const name = awsChunked ? "x-amz-decoded-content-length" : "content-length";
  const text = headers[name];
  if (text === undefined) {
    throw new ServiceError(411, "MissingContentLength", `You must provide the ${name} HTTP header.`);
  }
  if (!/^\d{1,15}$/.test(text)) {
    throw new ServiceError(400, "InvalidArgument", `${name} must be a number of bytes, got ${JSON.stringify(text)}`);
  }
  if (Number(text) > MAX_BODY_BYTES) {
    throw new ServiceError(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
      ProposedSize: text,
      MaxSizeAllowed: String(MAX_BODY_BYTES),
    });
  }
  return Number(text);
}

function parsePayloadHash(payloadHash: string): Pick<UploadDeclaration, "awsChunked" | "sha256"> {
  if (payloadHash === "UNSIGNED-PAYLOAD") return { awsChunked: false };
  if (CHUNKED_PAYLOADS.includes(payloadHash)) return { awsChunked: true };
  if (/^[0-9a-f]{64}$/.test(payloadHash)) return { awsChunked: false, sha256: Buffer.from(payloadHash, "hex") };
  throw notImplemented(`The payload signature ${JSON.stringify(payloadHash)}`);
}

type ChecksumDeclaration = Pick<UploadDeclaration, "checksumAlgorithm" | "checksum" | "checksumTrailer">;

function parseTrailer(trailer: string): ChecksumDeclaration {
  const name = trailer.trim().toLowerCase();
  const algorithm = name.replace(/^x-amz-checksum-/, "");
  if (algorithm === name || !isChecksumAlgorithm(algorithm))
    throw notImplemented(`The trailer ${JSON.stringify(name)}`);
  return { checksumAlgorithm: algorithm, checksumTrailer: name };
}

function parseChecksumHeaders(headers: Fields, awsChunked: boolean): ChecksumDeclaration {
  const given = CHECKSUM_ALGORITHMS.filter((algorithm) => `x-amz-checksum-${algorithm}` in headers);
  const trailer = headers["x-amz-trailer"];
  if (given.length + (trailer === undefined ? 0 : 1) > 1) {
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  if (trailer !== undefined) {
    if (!awsChunked) throw invalidRequest("The header x-amz-trailer needs an aws-chunked body.");
    return parseTrailer(trailer);
  }
  const [algorithm] = given;
  if (!algorithm) return { checksumAlgorithm: "crc64nvme" };
  return {
    checksumAlgorithm: algorithm,
    checksum: parseChecksum(algorithm, headers[`x-amz-checksum-${algorithm}`] as string),
  };
}

function parseContentMd5(text: string | undefined): Pick<UploadDeclaration, "contentMd5"> {
  if (text === undefined) return {};
  const contentMd5 = decodeDigest(text, 16);
  if (!contentMd5) throw new ServiceError(400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
  return { contentMd5 };
}

/**
 * @param payloadHash as the signature declares it.
 * @throws {ServiceError} when the head of the request contradicts itself or is beyond the limits.
 */
export function parseUploadDeclaration(headers: Fields, payloadHash: string): UploadDeclaration {
  const payload = parsePayloadHash(payloadHash);
  return {
    ...payload,
    sizeBytes: parseSize(headers, payload.awsChunked),
    ...parseContentMd5(headers["content-md5"]),
    ...parseChecksumHeaders(headers, payload.awsChunked),
  };
}
