import type { ErrorCode } from "../../contract/error-codes";
import type { PreviewDetails } from "../images/preview-dimensions";

export type RecordStatus = "pending" | "processing" | "completed" | "failed";

/** `imageId` and `timestamp` (epoch seconds): the primary key of the metadata table. */
export interface RecordKey {
  readonly imageId: string;
  readonly timestamp: number;
}

/** One upload as the metadata table holds it. Optional attributes are absent, never null. */
export interface ImageRecord extends RecordKey {
  readonly userId: string;
  readonly originalKey: string;
  readonly originalSize?: number;
  readonly processingStatus: RecordStatus;
  /** Claims so far; together with `leaseOwner` the fence of every later write. */
  readonly attempts: number;
  /** Epoch seconds; DynamoDB removes the item up to days later. Absent: never. */
  readonly ttl?: number;
  readonly leaseOwner?: string;
  /** Epoch milliseconds. */
  readonly leaseExpiresAt?: number;
  readonly eTag?: string;
  readonly versionId?: string;
  readonly sequencer?: string;
  /** Epoch seconds. */
  readonly processedAt?: number;
  /** Preview name to object key in the processed bucket. */
  readonly previews?: Readonly<Record<string, string>>;
  readonly previewDetails?: Readonly<Record<string, PreviewDetails>>;
  /** px, orientation applied */
  readonly width?: number;
  readonly height?: number;
  readonly format?: string;
  /** ThumbHash, base64: what a page shows while a preview loads. @see https://evanw.github.io/thumbhash/ */
  readonly placeholder?: string;
  readonly errorCode?: ErrorCode;
  readonly errorMessage?: string;
}

/** Past its `ttl`: gone for every reader, and absent for a claim. */
export const hasExpired = ({ ttl }: Pick<ImageRecord, "ttl">, nowMs: number): boolean =>
  ttl !== undefined && ttl < Math.floor(nowMs / 1000);

/** @param lifeSeconds undefined: for ever. @returns the `ttl` of a record that begins its life now */
export const timeToLive = (nowMs: number, lifeSeconds: number | undefined): number | undefined =>
  lifeSeconds === undefined ? undefined : Math.floor(nowMs / 1000) + lifeSeconds;

/** Lambda's longest time limit, and a minute by which two clocks may differ. */
const LONGEST_LEASE_MS = 960_000;

/** A lease that ends later than any lease can was written by a clock that is ahead, and counts as ended. */
export const latestLeaseEnd = (nowMs: number): number => nowMs + LONGEST_LEASE_MS;
