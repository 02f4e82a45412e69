import { RETRYABLE_CODES } from "../contract/error-codes";
import { type ImageRecord, latestLeaseEnd } from "../lambda-src/records/image-record";

type Progress = Pick<ImageRecord, "processingStatus"> & Partial<Pick<ImageRecord, "errorCode" | "leaseExpiresAt">>;

/** Whether another attempt may end better. */
export const isRetryable = (code: ImageRecord["errorCode"]): boolean =>
  code !== undefined && RETRYABLE_CODES.includes(code);

/** Whether an invocation can still be at work on it: a lease ends when Lambda has killed its owner, and none lasts long. */
export const isLeaseLive = ({ processingStatus, leaseExpiresAt = 0 }: Progress, nowMs: number): boolean =>
  processingStatus === "processing" && leaseExpiresAt >= nowMs && leaseExpiresAt <= latestLeaseEnd(nowMs);

/** Whether nothing is left to do: the image is completed, failed for good, or somebody works on it at this moment. */
export function isFinished(record: Progress, nowMs: number): boolean {
  if (record.processingStatus === "completed") return true;
  if (record.processingStatus === "failed") return !isRetryable(record.errorCode);
  return isLeaseLive(record, nowMs);
}
