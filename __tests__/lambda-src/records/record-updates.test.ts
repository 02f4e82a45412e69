import { conditionalUpdate, conditionHolds } from "../../../checks/protocol-simulation/conditional-update";
import type { ImageRecord } from "../../../lambda-src/records/image-record";
import {
  type Claim,
  claim,
  claimAnew,
  commit,
  postpone,
  type RecordUpdate,
  recordFailure,
  recordFailureAnew,
  reject,
  reopen,
  retire,
} from "../../../lambda-src/records/record-updates";
import { DEADLINE_MS, itemWith, NOW_MS, UPLOAD } from "../../support/pipeline-ports";

const MINE = "request-mine";
const OTHER = "request-other";
const TTL = 1_900_000_000;
const HELD: Claim = { imageId: UPLOAD.imageId, timestamp: UPLOAD.timestamp, leaseOwner: MINE, attempts: 2 };
const RESULT = {
  previews: { small: "previews/a/small.jpg" },
  previewDetails: { small: { width: 2, height: 1, bytes: 9, contentType: "image/jpeg" } },
  originalSize: 5,
  processedAt: 1_767_322_000,
  width: 20,
  height: 10,
  format: "jpeg",
  placeholder: "abcd",
};

const LEASE = { owner: MINE, expiresAtMs: DEADLINE_MS };
const claimed = claim(UPLOAD, LEASE, NOW_MS, TTL);
const claimedAnew = claimAnew(UPLOAD, LEASE, NOW_MS, TTL);
const committed = commit(HELD, RESULT);
const rejected = reject(HELD, "DECODE_ERROR", "not an image", 1_767_322_000);
const postponed = postpone(HELD, "S3_ERROR", "slow down");
const FAILURE = { owner: MINE, code: "TIMEOUT", message: "timed out", nowMs: NOW_MS, timeToLive: TTL } as const;
const recorded = recordFailure(UPLOAD, FAILURE);
const recordedAnew = recordFailureAnew(UPLOAD, FAILURE);

const LIVE = NOW_MS + 1;
const OVER = NOW_MS - 1;
const processing = (leaseOwner: string, attempts: number, leaseExpiresAt: number) =>
  itemWith({ processingStatus: "processing", leaseOwner, attempts, leaseExpiresAt });
const pending = (leaseOwner: string) =>
  itemWith({ processingStatus: "pending", leaseOwner, attempts: 2, leaseExpiresAt: LIVE, errorCode: "S3_ERROR" });
const failed = (errorCode: ImageRecord["errorCode"], leaseExpiresAt?: number) =>
  itemWith({ processingStatus: "failed", leaseOwner: MINE, attempts: 2, errorCode, leaseExpiresAt });
const completed = itemWith({ ...RESULT, processingStatus: "completed", leaseOwner: MINE, attempts: 2 });

type Write = "claim" | "result" | "recordFailure";
const STATES: readonly [state: string, item: ImageRecord | undefined, allowed: readonly Write[]][] = [
  ["no item", undefined, ["claim", "recordFailure"]],
  ["pending after my attempt", pending(MINE), ["claim", "recordFailure"]],
  ["pending after another's attempt", pending(OTHER), ["claim"]],
  ["pending, as an operator leaves it", itemWith({ processingStatus: "pending" }), ["claim"]],
  ["processing by this attempt", processing(MINE, 2, LIVE), ["claim", "result", "recordFailure"]],
  ["processing by this attempt, late", processing(MINE, 2, OVER), ["claim", "result", "recordFailure"]],
  ["processing by my earlier attempt", processing(MINE, 1, LIVE), ["claim", "recordFailure"]],
  ["processing by my later attempt", processing(MINE, 3, LIVE), ["claim", "recordFailure"]],
  ["processing by another", processing(OTHER, 2, LIVE), []],
  ["processing by another until this instant", processing(OTHER, 2, NOW_MS), []],
  ["processing by another that is dead", processing(OTHER, 2, OVER), ["claim", "recordFailure"]],
  ["processing by another for 960 s", processing(OTHER, 2, NOW_MS + 960_000), []],
  [
    "processing by another for longer than anybody can",
    processing(OTHER, 2, NOW_MS + 960_001),
    ["claim", "recordFailure"],
  ],
  ["completed", completed, []],
  ["failed for good", failed("DECODE_ERROR", OVER), []],
  ["failed for lack of attempts", failed("S3_ERROR", OVER), ["claim"]],
  ["failed by the recorder", failed("TIMEOUT", OVER), ["claim"]],
  ["failed, recorded after this claim was made", failed("TIMEOUT", NOW_MS), []],
  ["failed, recorded by a clock that is minutes ahead", failed("TIMEOUT", NOW_MS + 960_000), []],
  ["failed, recorded by a clock that is an hour ahead", failed("TIMEOUT", NOW_MS + 3_600_000), ["claim"]],
  ["failed without a lease", failed("RETRIES_EXHAUSTED"), ["claim"]],
];

describe("conditions", () => {
  const applies = (update: RecordUpdate, item: ImageRecord | undefined) => conditionHolds(update.condition, item);

  test.each(STATES)("%s", (_, item, allowed) => {
    expect(applies(claimed, item)).toBe(allowed.includes("claim"));
    for (const result of [committed, rejected, postponed])
      expect(applies(result, item)).toBe(allowed.includes("result"));
    expect(applies(recorded, item)).toBe(allowed.includes("recordFailure"));
    for (const anew of [claimedAnew, recordedAnew]) expect(applies(anew, item)).toBe(item === undefined);
  });

  const NOW_SECONDS = Math.floor(NOW_MS / 1000);
  const existing = STATES.filter((row): row is [string, ImageRecord, readonly Write[]] => row[1] !== undefined);

  test.each(existing)("past its time to live counts as absent: %s", (_, item) => {
    const expired = { ...item, ttl: NOW_SECONDS - 1 };
    for (const update of [claimed, recorded]) expect(applies(update, expired)).toBe(false);
    for (const anew of [claimedAnew, recordedAnew]) expect(applies(anew, expired)).toBe(true);
  });

  test.each(existing)("in its last second, or without a time to live, is there: %s", (_, item, allowed) => {
    const { ttl: _ttl, ...immortal } = item;
    for (const alive of [{ ...item, ttl: NOW_SECONDS }, immortal]) {
      expect(applies(claimed, alive)).toBe(allowed.includes("claim"));
      expect(applies(recorded, alive)).toBe(allowed.includes("recordFailure"));
      for (const anew of [claimedAnew, recordedAnew]) expect(applies(anew, alive)).toBe(false);
    }
  });
});

describe("claim", () => {
  test("creates the item with the upload's identity, the lease and the first attempt", () => {
    expect(conditionalUpdate(claimed, undefined)).toEqual({
      imageId: UPLOAD.imageId,
      timestamp: UPLOAD.timestamp,
      userId: "ann",
      originalKey: UPLOAD.key,
      originalSize: 5,
      eTag: "abc",
      sequencer: "0055",
      processingStatus: "processing",
      leaseOwner: MINE,
      leaseExpiresAt: DEADLINE_MS,
      attempts: 1,
      ttl: TTL,
    });
  });

  test("counts on, renews the time to live and keeps the previews", () => {
    const item = itemWith({ processingStatus: "pending", attempts: 4, previews: RESULT.previews });
    expect(conditionalUpdate(claimed, item)).toMatchObject({ attempts: 5, ttl: TTL, previews: RESULT.previews });
  });

  test("removes the time to live where records never expire", () => {
    const item = itemWith({ processingStatus: "pending", attempts: 4 });
    const after = conditionalUpdate(claim(UPLOAD, LEASE, NOW_MS, undefined), item);
    expect(after).toMatchObject({ attempts: 5 });
    expect(after).not.toHaveProperty("ttl");
  });

  test("makes of an expired record what it makes of none", () => {
    const expired = { ...completed, errorCode: "S3_ERROR", errorMessage: "old", ttl: 1 } as const;
    for (const timeToLive of [TTL, undefined])
      expect(conditionalUpdate(claimAnew(UPLOAD, LEASE, NOW_MS, timeToLive), expired)).toEqual(
        conditionalUpdate(claim(UPLOAD, LEASE, NOW_MS, timeToLive), undefined),
      );
  });
});

describe("results", () => {
  const held = { ...processing(MINE, 2, LIVE), errorCode: "S3_ERROR", errorMessage: "earlier" } as const;

  test("commit writes the result and removes the error of an earlier attempt", () => {
    const after = conditionalUpdate(committed, held);
    expect(after).toMatchObject({ ...RESULT, processingStatus: "completed", attempts: 2 });
    expect(after).not.toHaveProperty("errorCode");
    expect(after).not.toHaveProperty("errorMessage");
  });

  test("reject writes why", () => {
    expect(conditionalUpdate(rejected, held)).toMatchObject({
      processingStatus: "failed",
      errorCode: "DECODE_ERROR",
      errorMessage: "not an image",
      processedAt: 1_767_322_000,
    });
  });

  test("postpone keeps the owner, so that the recorder knows whose attempt it was", () => {
    expect(conditionalUpdate(postponed, held)).toMatchObject({
      processingStatus: "pending",
      errorCode: "S3_ERROR",
      errorMessage: "slow down",
      leaseOwner: MINE,
    });
  });

  test("postpone without a code removes the code of an earlier attempt", () => {
    const after = conditionalUpdate(postpone(HELD, undefined, "what?"), held);
    expect(after).not.toHaveProperty("errorCode");
    expect(after).toMatchObject({ errorMessage: "what?" });
  });
});

describe("recordFailure", () => {
  test("creates an item that no attempt was made for", () => {
    expect(conditionalUpdate(recorded, undefined)).toMatchObject({
      userId: "ann",
      originalKey: UPLOAD.key,
      processingStatus: "failed",
      errorCode: "TIMEOUT",
      errorMessage: "timed out",
      processedAt: Math.floor(NOW_MS / 1000),
      attempts: 0,
      ttl: TTL,
    });
  });

  test("makes of an expired record what it makes of none", () => {
    const expired = { ...completed, leaseOwner: OTHER, leaseExpiresAt: LIVE, ttl: 1 };
    for (const timeToLive of [TTL, undefined])
      expect(conditionalUpdate(recordFailureAnew(UPLOAD, { ...FAILURE, timeToLive }), expired)).toEqual(
        conditionalUpdate(recordFailure(UPLOAD, { ...FAILURE, timeToLive }), undefined),
      );
  });

  test("keeps attempts and time to live, and ends the lease", () => {
    expect(conditionalUpdate(recorded, processing(MINE, 3, LIVE))).toMatchObject({
      attempts: 3,
      ttl: 1_800_000_000,
      leaseExpiresAt: NOW_MS,
    });
  });
});

describe("what an operator writes", () => {
  const seen = completed as ImageRecord;

  test("reopening lets any delivery claim the image, and nobody end it", () => {
    const reopened = conditionalUpdate(reopen(seen), seen);
    expect(reopened).toMatchObject({
      processingStatus: "pending",
      previews: RESULT.previews,
      attempts: 2,
      ttl: seen.ttl,
    });
    for (const attribute of ["errorCode", "errorMessage", "leaseOwner", "leaseExpiresAt"])
      expect(reopened).not.toHaveProperty(attribute);
    expect(conditionHolds(claimed.condition, reopened)).toBe(true);
    expect(conditionHolds(recorded.condition, reopened)).toBe(false);
    expect(conditionHolds(committed.condition, reopened)).toBe(false);
  });

  test("retiring lets no delivery claim it, and no attempt write", () => {
    const retired = conditionalUpdate(retire(seen, RESULT.processedAt), seen);
    expect(retired).toMatchObject({ processingStatus: "failed", errorCode: "SOURCE_NOT_FOUND" });
    for (const { condition } of [claimed, committed, rejected, postponed, recorded])
      expect(conditionHolds(condition, retired)).toBe(false);
  });

  test.each([
    ["in ten years", RESULT.processedAt + 315_360_000, RESULT.processedAt + 315_360_000],
    ["in a minute", RESULT.processedAt + 60, RESULT.processedAt + 86_400],
    ["never", undefined, undefined],
  ])("a record that expires %s is deleted before it can be claimed anew", (_, ttl, later) => {
    const item = { ...seen, ttl };
    expect(conditionalUpdate(retire(item, RESULT.processedAt), item)?.ttl).toBe(later);
  });

  test.each([
    ["began a new life with as many attempts", { ...seen, ttl: TTL }],
    ["was claimed", processing(OTHER, 3, LIVE)],
    ["was claimed and completed", { ...seen, attempts: 3 }],
    ["is gone", undefined],
  ])("both are refused when the image %s meanwhile", (_, now) => {
    expect(conditionalUpdate(reopen(seen), now)).toBeUndefined();
    expect(conditionalUpdate(retire(seen, 0), now)).toBeUndefined();
  });

  test("both take the record of another system, which counted no attempts", () => {
    const { attempts: _, ...foreign } = seen;
    expect(conditionalUpdate(retire(foreign, 0), foreign as ImageRecord)).toMatchObject({ processingStatus: "failed" });
    expect(conditionalUpdate(reopen(foreign), seen)).toBeUndefined();
  });
});
