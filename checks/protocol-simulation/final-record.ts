import { type ErrorCode, PERMANENT_CODES } from "../../contract/error-codes";
import type { ImageRecord } from "../../lambda-src/records/image-record";

const permanent: readonly (ErrorCode | undefined)[] = PERMANENT_CODES;

export const isPermanentFailure = ({ processingStatus, errorCode }: ImageRecord): boolean =>
  processingStatus === "failed" && permanent.includes(errorCode);

/** Only an operator changes such a record. */
export const isFinal = (record: ImageRecord): boolean =>
  record.processingStatus === "completed" || isPermanentFailure(record);
