import fc from "fast-check";
import { PERMANENT_CODES, RECORDER_CODES, TRANSIENT_CODES } from "../../contract/error-codes";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import {
  type Clause,
  claim,
  claimAnew,
  commit,
  postpone,
  type RecordUpdate,
  recordFailure,
  recordFailureAnew,
  reject,
} from "../../lambda-src/records/record-updates";
import { UPLOAD } from "./pipeline-ports";

type Attribute = keyof ImageRecord;

/** Few values of each kind, so that they often meet. */
const owner = fc.constantFrom("request-1", "request-2");
const instant = fc.integer({ min: 0, max: 3 });
const attempts = fc.integer({ min: 0, max: 3 });
const code = fc.constantFrom(...PERMANENT_CODES, ...TRANSIENT_CODES, ...RECORDER_CODES);
const status = fc.constantFrom("pending", "processing", "completed", "failed" as const);
const text = fc.string({ minLength: 1, maxLength: 8 });

const VALUES = {
  processingStatus: status,
  attempts,
  ttl: instant,
  leaseOwner: owner,
  leaseExpiresAt: instant,
  errorCode: code,
  errorMessage: text,
  processedAt: instant,
  previews: fc.dictionary(fc.constantFrom("small", "medium"), text),
} as const;
type Choice = keyof typeof VALUES;
const NAMES = Object.keys(VALUES) as Choice[];

/** Attributes of an item beside its key, or no item at all. */
export const attributesOrNothing = fc.option(fc.record(VALUES, { requiredKeys: [] }), { nil: undefined });

const anyOperand: fc.Arbitrary<string | number> = fc.oneof(status, owner, code, instant);
const attribute = fc.constantFrom<Attribute>(
  "processingStatus",
  "leaseOwner",
  "errorCode",
  "attempts",
  "leaseExpiresAt",
);

export const clause: fc.Arbitrary<Clause> = fc.letrec<{ clause: Clause }>((tie) => {
  const parts = fc.array(tie("clause"), { minLength: 2, maxLength: 4 });
  return {
    clause: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.record({ kind: fc.constant("absent"), attribute: fc.oneof(attribute, fc.constant<Attribute>("imageId")) }),
      fc.record({ kind: fc.constant("equals"), attribute, value: anyOperand }),
      fc.record({ kind: fc.constantFrom("below", "above"), attribute, value: instant }),
      fc.record({ kind: fc.constant("oneOf"), attribute, values: fc.array(fc.oneof(status, code), { minLength: 1 }) }),
      fc.record({ kind: fc.constantFrom("all", "any"), clauses: parts }),
    ) as fc.Arbitrary<Clause>,
  };
}).clause;

/** Any update that DynamoDB takes: each attribute is set, set if absent, removed, or none of these. */
export const anyUpdate: fc.Arbitrary<Omit<RecordUpdate, "key">> = fc
  .record({
    condition: clause,
    values: fc.record(VALUES),
    fates: fc.array(fc.constantFrom("set", "setIfAbsent", "remove", "leave"), {
      minLength: NAMES.length,
      maxLength: NAMES.length,
    }),
  })
  .map(({ condition, values, fates }) => {
    const chosen = (fate: string) =>
      NAMES.filter((name, index) => name !== "processingStatus" && fates[index] === fate);
    const valuesOf = (names: readonly Choice[]) => Object.fromEntries(names.map((name) => [name, values[name]]));
    return {
      condition,
      set: { ...valuesOf(chosen("set")), processingStatus: values.processingStatus, format: undefined },
      setIfAbsent: valuesOf(chosen("setIfAbsent")),
      remove: chosen("remove"),
      ...(fates[NAMES.indexOf("attempts")] === "leave" && { increment: "attempts" as const }),
    };
  });

const held = fc.record({ leaseOwner: owner, attempts }).map((claimed) => ({ ...UPLOAD, ...claimed }));

/** The updates that the pipeline makes. */
export const pipelineUpdate: fc.Arbitrary<RecordUpdate> = fc.oneof(
  fc
    .tuple(owner, instant, instant)
    .map(([by, nowMs, expiresAtMs]) => claim(UPLOAD, { owner: by, expiresAtMs }, nowMs, 9)),
  fc
    .tuple(owner, instant, instant, fc.option(instant, { nil: undefined }))
    .map(([by, now, expiresAtMs, ttl]) => claimAnew(UPLOAD, { owner: by, expiresAtMs }, now * 1000, ttl)),
  fc
    .tuple(owner, code, text, instant)
    .map(([by, why, message, now]) =>
      recordFailureAnew(UPLOAD, { owner: by, code: why, message, nowMs: now * 1000, timeToLive: undefined }),
    ),
  held.map((claimed) => commit(claimed, RESULT)),
  fc.tuple(held, code, text).map(([claimed, why, message]) => reject(claimed, why, message, 9)),
  fc
    .tuple(held, fc.option(code, { nil: undefined }), text)
    .map(([claimed, why, message]) => postpone(claimed, why, message)),
  fc
    .tuple(owner, code, text, instant)
    .map(([by, why, message, nowMs]) => recordFailure(UPLOAD, { owner: by, code: why, message, nowMs, timeToLive: 9 })),
);

const RESULT = {
  previews: { small: "previews/a/small.jpg" },
  previewDetails: { small: { width: 2, height: 1, bytes: 9, contentType: "image/jpeg" } },
  originalSize: 5,
  processedAt: 9,
  width: 20,
  height: 10,
  format: "jpeg",
  placeholder: "abcd",
};
