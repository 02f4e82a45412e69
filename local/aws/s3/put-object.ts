import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ServiceError } from "../http/aws-request";
import { AwsChunkedDecoder } from "./aws-chunked-decoder";
import { createChecksum } from "./checksums";
import type { ObjectMetadata } from "./object-file";
import { metadataOfUpload } from "./object-headers";
import type { ObjectStore } from "./object-store";
import { writeCondition } from "./preconditions";
import type { S3Request } from "./s3-request";
import { parseChecksum, parseUploadDeclaration, type UploadDeclaration } from "./upload-declaration";

type ReceivedBody = Pick<ObjectMetadata, "sizeBytes" | "eTag" | "checksum">;

const badDigest = (what: string) =>
  new ServiceError(400, "BadDigest", `The ${what} you specified did not match the calculated checksum.`);

const incompleteBody = () =>
  new ServiceError(400, "IncompleteBody", "The request body must have as many bytes as its header says.");

/** Counts and hashes a body that passes by. */
class Meter {
  private sizeBytes = 0;
  private readonly md5 = createHash("md5");
  private readonly sha256;
  private readonly checksum;

  constructor(private readonly declaration: UploadDeclaration) {
    this.sha256 = declaration.sha256 && createHash("sha256");
    this.checksum = createChecksum(declaration.checksumAlgorithm);
  }

  add(bytes: Buffer): void {
    this.sizeBytes += bytes.length;
    if (this.sizeBytes > this.declaration.sizeBytes) throw incompleteBody();
    this.md5.update(bytes);
    this.sha256?.update(bytes);
    this.checksum.update(bytes);
  }

  /** @throws {ServiceError} when the body is not what was declared. */
  verify(trailers: ReadonlyMap<string, string>): ReceivedBody {
    const { sizeBytes, contentMd5, sha256, checksumAlgorithm, checksumTrailer } = this.declaration;
    if (this.sizeBytes !== sizeBytes) throw incompleteBody();
    if (sha256 && !this.sha256?.digest().equals(sha256)) {
      throw new ServiceError(
        400,
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
    const md5 = this.md5.digest();
    if (contentMd5 && !md5.equals(contentMd5)) throw badDigest("Content-MD5");

    const trailer = checksumTrailer && trailers.get(checksumTrailer);
    if (checksumTrailer && !trailer) {
      throw new ServiceError(400, "MalformedTrailerError", `The body must end with the trailer ${checksumTrailer}.`);
    }
    const expected = trailer ? parseChecksum(checksumAlgorithm, trailer) : this.declaration.checksum;
    const checksum = this.checksum.digest();
    if (expected && !checksum.equals(expected)) throw badDigest(checksumAlgorithm.toUpperCase());
    return {
      sizeBytes,
      eTag: md5.toString("hex"),
      checksum: { algorithm: checksumAlgorithm, value: checksum.toString("base64") },
    };
  }
}

/**
 * Streams a body into a file and holds it against its declaration.
 * @throws {ServiceError} when they differ; a client that goes away rejects with the stream's own error.
 */
async function receiveUpload(body: Readable, declaration: UploadDeclaration, file: FileHandle): Promise<ReceivedBody> {
  const meter = new Meter(declaration);
  // Not the stream itself: a refusal would destroy it, and with it the connection that the client reads the refusal from.
  const source = body.iterator({ destroyOnReturn: false });
  const write = async (decoded: AsyncIterable<Buffer>) => {
    for await (const bytes of decoded) {
      meter.add(bytes);
      await file.appendFile(bytes);
    }
  };
  if (!declaration.awsChunked) {
    await pipeline(source, write);
    return meter.verify(new Map());
  }
  const decoder = new AwsChunkedDecoder();
  await pipeline(source, decoder, write);
  return meter.verify(decoder.trailers);
}

const MAX_KEY_BYTES = 1024;

/**
 * Receives and stores the body of a PutObject.
 * @param payloadHash as the signature declares it.
 * @returns what has been stored, on disk by then.
 */
export async function putObject(
  request: S3Request,
  body: Readable,
  payloadHash: string,
  store: ObjectStore,
): Promise<ObjectMetadata> {
  const { key, effectiveHeaders } = request;
  const sizeBytes = Buffer.byteLength(key);
  if (sizeBytes > MAX_KEY_BYTES) {
    throw new ServiceError(400, "KeyTooLongError", "Your key is too long", {
      Size: String(sizeBytes),
      MaxSizeAllowed: String(MAX_KEY_BYTES),
    });
  }
  const declaration = parseUploadDeclaration(effectiveHeaders, payloadHash);
  const asked = metadataOfUpload(effectiveHeaders);
  const admit = writeCondition(key, effectiveHeaders);
  return store.put(
    key,
    async (file) => ({
      key,
      ...(await receiveUpload(body, declaration, file)),
      lastModifiedMs: Date.now(),
      ...asked,
    }),
    admit,
  );
}
