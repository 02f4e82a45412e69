import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** Register of a reflected CRC of up to 64 bits, in two halves: BigInt is 50 times slower. */
interface Table {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

function createTable(polynomialHigh: number, polynomialLow: number): Table {
  const table = { low: new Uint32Array(256), high: new Uint32Array(256) };
  for (let index = 0; index < 256; index++) {
    let low = index;
    let high = 0;
    for (let bit = 0; bit < 8; bit++) {
      const carry = low & 1;
      low = ((low >>> 1) | (high << 31)) ^ (carry ? polynomialLow : 0);
      high = (high >>> 1) ^ (carry ? polynomialHigh : 0);
    }
    table.low[index] = low;
    table.high[index] = high;
  }
  return table;
}

/** Reflected polynomials. */
const CRC32C = createTable(0, 0x82f63b78);
const CRC64NVME = createTable(0x9a6c9329, 0xac4bc9b5);

class CyclicRedundancyCheck {
  private low = 0xffffffff;
  private high: number;

  constructor(
    private readonly table: Table,
    private readonly sizeBytes: 4 | 8,
  ) {
    this.high = sizeBytes === 8 ? 0xffffffff : 0;
  }

  update(bytes: Uint8Array): this {
    let { low, high } = this;
    for (const byte of bytes) {
      const index = (low ^ byte) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (this.table.low[index] as number);
      high = (high >>> 8) ^ (this.table.high[index] as number);
    }
    this.low = low;
    this.high = high;
    return this;
  }

  /** Big-endian, as S3 sends it. */
  digest(): Buffer {
    const bytes = Buffer.alloc(this.sizeBytes);
    if (this.sizeBytes === 8) bytes.writeUInt32BE(~this.high >>> 0, 0);
    bytes.writeUInt32BE(~this.low >>> 0, this.sizeBytes - 4);
    return bytes;
  }
}

/** CRC-32C (Castagnoli). */
const createCrc32c = () => new CyclicRedundancyCheck(CRC32C, 4);

/** CRC-64/NVME, what S3 computes when the client gives no checksum. */
const createCrc64Nvme = () => new CyclicRedundancyCheck(CRC64NVME, 8);

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
