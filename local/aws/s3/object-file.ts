import type { FileHandle } from "node:fs/promises";
import type { Fields } from "../http/aws-request";
import type { ChecksumAlgorithm } from "./checksums";

/** What listings tell of an object. */
export interface ObjectSummary {
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly eTag: string;
  /** Epoch. */
  readonly lastModifiedMs: number;
}

export interface ObjectMetadata extends ObjectSummary {
  readonly key: string;
  /** Base64 by algorithm. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  /** Content-Type and the like, by header name in lower case. */
  readonly contentHeaders: Fields;
  /** Without the prefix `x-amz-meta-`. */
  readonly userMetadata: Fields;
}

/**
 * An object is one file: its body, its metadata as JSON, the length of that JSON, a mark. One rename replaces all of it, so that
 * a body never meets the metadata of another, and who has the file open keeps reading the object he asked for.
 */
const MARK = Buffer.from("S3OBJ\x01\r\n", "latin1");
const FOOTER_BYTES = 4 + MARK.length;

/** Ends a file whose body has been written. */
export async function appendMetadata(file: FileHandle, metadata: ObjectMetadata): Promise<void> {
  const json = Buffer.from(JSON.stringify(metadata));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  await file.appendFile(Buffer.concat([json, length, MARK]));
}

/** @returns undefined when the file is no whole object. */
export async function readMetadata(file: FileHandle): Promise<ObjectMetadata | undefined> {
  const { size } = await file.stat();
  const read = async (position: number, length: number) => {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, position);
    return bytes.subarray(0, bytesRead);
  };
  if (size < FOOTER_BYTES) return undefined;
  const footer = await read(size - FOOTER_BYTES, FOOTER_BYTES);
  if (footer.length !== FOOTER_BYTES || !footer.subarray(4).equals(MARK)) return undefined;
  const jsonLength = footer.readUInt32BE(0);
  const bodyLength = size - FOOTER_BYTES - jsonLength;
  if (bodyLength < 0) return undefined;
  const metadata = JSON.parse((await read(bodyLength, jsonLength)).toString()) as ObjectMetadata;
  return metadata.sizeBytes === bodyLength ? metadata : undefined;
}
