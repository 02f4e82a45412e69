import { ServiceError } from "../http/aws-request";
import { notImplemented } from "./s3-error";

/** Both ends belong to the range. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads a Range header.
 * @returns undefined when the whole body is meant; HTTP asks to ignore what is malformed.
 * @throws {ServiceError} InvalidRange when the body has no byte of it; NotImplemented for several ranges, which S3 lacks too.
 */
export function parseByteRange(header: string, sizeBytes: number): ByteRange | undefined {
  if (/^bytes=.*,/.test(header)) throw notImplemented(`A Range of several parts (${JSON.stringify(header)})`);
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header) ?? [];
  if (from === "" && to === "") return undefined;
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;

  const first = from === "" ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const last = from === "" || to === "" ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (first > last) {
    throw new ServiceError(416, "InvalidRange", "The requested range is not satisfiable", {
      RangeRequested: header,
      ActualObjectSize: String(sizeBytes),
    });
  }
  return { first, last };
}
