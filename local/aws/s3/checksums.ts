import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { createCrc32c, createCrc64Nvme } from "./cyclic-redundancy-check";

/** The algorithms of the `x-amz-checksum-` headers. */
export const CHECKSUM_ALGORITHMS = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

export const DIGEST_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  crc32: 4,
  crc32c: 4,
  crc64nvme: 8,
  sha1: 20,
  sha256: 32,
};

export const isChecksumAlgorithm = (text: string): text is ChecksumAlgorithm =>
  (CHECKSUM_ALGORITHMS as readonly string[]).includes(text);

export interface RunningChecksum {
  update(bytes: Uint8Array): unknown;
  digest(): Buffer;
}

function createCrc32(): RunningChecksum {
  let value = 0;
  return {
    update: (bytes) => {
      value = crc32(bytes, value);
    },
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
export function createChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case "crc32":
      return createCrc32();
    case "crc32c":
      return createCrc32c();
    case "crc64nvme":
      return createCrc64Nvme();
    case "sha1":
    case "sha256":
      return createHash(algorithm);
  }
}
