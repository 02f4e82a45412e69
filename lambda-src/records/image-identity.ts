import { createHash } from "node:crypto";

interface ObjectVersion {
  readonly bucket: string;
  /** Decoded key, or the raw text when it cannot be decoded. */
  readonly key: string;
  /** `versionId`, or else `sequencer`. */
  readonly version: string;
}

/**
 * One upload, one id: the first 16 bytes of SHA-256 over bucket, key and version, written 8-4-4-4-12. The ETag takes no
 * part, because uploading the same bytes again repeats it.
 */
export function imageIdOf({ bucket, key, version }: ObjectVersion): string {
  const hex = createHash("sha256")
    .update(JSON.stringify([bucket, key, version]))
    .digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
