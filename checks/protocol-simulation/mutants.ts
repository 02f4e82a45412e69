/** One defect, planted in a copy of the pipeline's source. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

const IMAGE_RECORD = "image-record.ts";
const RECORD_UPDATES = "record-updates.ts";
const IMAGE_LEASE = "image-lease.ts";
const PROCESS_UPLOAD = "process-upload.ts";
const PROCESS_EVENT = "process-event.ts";
const RECORD_FAILED_EVENT = "record-failed-event.ts";

export const MUTANTS: readonly Mutant[] = [
  {
    name: "results are written without the attempt",
    file: RECORD_UPDATES,
    find: 'all(statusIs("processing"), ownedBy(leaseOwner), atAttempt(attempts))',
    replace: 'all(statusIs("processing"), ownedBy(leaseOwner))',
  },
  {
    name: "results are written without the owner and the attempt",
    file: RECORD_UPDATES,
    find: 'all(statusIs("processing"), ownedBy(leaseOwner), atAttempt(attempts))',
    replace: 'statusIs("processing")',
  },
  {
    name: "results are written whatever the status",
    file: RECORD_UPDATES,
    find: 'all(statusIs("processing"), ownedBy(leaseOwner), atAttempt(attempts))',
    replace: "all(ownedBy(leaseOwner), atAttempt(attempts))",
  },
  {
    name: "a live lease can be taken over",
    file: RECORD_UPDATES,
    find: "failedRetryably(nowMs), leaseExpired(nowMs), leaseHeldBy(lease.owner)",
    replace: 'failedRetryably(nowMs), statusIs("processing")',
  },
  {
    name: "an expired lease cannot be taken over",
    file: RECORD_UPDATES,
    find: "failedRetryably(nowMs), leaseExpired(nowMs), leaseHeldBy(lease.owner)",
    replace: "failedRetryably(nowMs), leaseHeldBy(lease.owner)",
  },
  {
    name: "a request cannot claim again what it holds",
    file: RECORD_UPDATES,
    find: "leaseExpired(nowMs), leaseHeldBy(lease.owner)",
    replace: "leaseExpired(nowMs)",
  },
  {
    name: "a completed record can be claimed",
    file: RECORD_UPDATES,
    find: 'any(statusIs("pending"), failedRetryably',
    replace: 'any(statusIs("pending"), statusIs("completed"), failedRetryably',
  },
  {
    name: "a permanent failure can be claimed",
    file: RECORD_UPDATES,
    find: 'any(statusIs("pending"), failedRetryably(nowMs)',
    replace: 'any(statusIs("pending"), statusIs("failed")',
  },
  {
    name: "a retryable failure cannot be claimed",
    file: RECORD_UPDATES,
    find: 'any(statusIs("pending"), failedRetryably(nowMs)',
    replace: 'any(statusIs("pending")',
  },
  {
    name: "a claim older than the recorded failure is accepted",
    file: RECORD_UPDATES,
    find: 'any(lacks("leaseExpiresAt"), leaseOver(nowMs)),',
    replace: "",
  },
  {
    name: "a claim does not count its attempt",
    file: RECORD_UPDATES,
    find: 'increment: "attempts",\n',
    replace: "setIfAbsent: { attempts: 1 },\n",
  },
  {
    name: "a claim keeps the time to live",
    file: RECORD_UPDATES,
    find: 'set: claimed(upload, lease, timeToLive),\n  increment: "attempts",',
    replace:
      'set: { ...claimed(upload, lease, timeToLive), ttl: undefined },\n  setIfAbsent: { ttl: timeToLive },\n  increment: "attempts",',
  },
  {
    name: "the time to live is counted from the commit",
    file: RECORD_UPDATES,
    find: 'set: { ...result, processingStatus: "completed" }',
    replace: 'set: { ...result, ttl: result.processedAt + 86_400, processingStatus: "completed" }',
  },
  {
    name: "a record past its time to live is still there",
    file: IMAGE_LEASE,
    find: "if (current && hasExpired(current, nowMs)) {",
    replace: "if (!current) {",
  },
  {
    name: "an expired record is claimed as it is",
    file: RECORD_UPDATES,
    find: "      unexpired(nowMs),\n",
    replace: "",
  },
  {
    name: "a new life begins on top of another",
    file: RECORD_UPDATES,
    find: "condition: any(noItem, expired(nowMs)),\n  set: { ...claimed",
    replace: 'condition: { kind: "below", attribute: "attempts", value: 1_000 },\n  set: { ...claimed',
  },
  {
    name: "a new life keeps the results of the last one",
    file: RECORD_UPDATES,
    find: "remove: [...LEFT_BY_ATTEMPTS, ...removed",
    replace: "remove: [...removed",
  },
  {
    name: "a new life counts the attempts of the last one",
    file: RECORD_UPDATES,
    find: "set: { ...claimed(upload, lease, timeToLive), attempts: 1 },",
    replace: 'set: claimed(upload, lease, timeToLive),\n  increment: "attempts",',
  },
  {
    name: "a claim sent twice finds the new life taken",
    file: IMAGE_LEASE,
    find: "(await take(claimAnew)) ?? (await take(claim))",
    replace: "await take(claimAnew)",
  },
  {
    name: "the recorder counts an expired record as there",
    file: RECORD_FAILED_EVENT,
    find: "found !== undefined && hasExpired(found, nowMs)",
    replace: "false",
  },
  {
    name: "the recorder keeps the results of a life that is over",
    file: RECORD_UPDATES,
    find: "      ...LEFT_BY_ATTEMPTS.filter((attribute) => !(attribute in set)),\n",
    replace: "",
  },
  {
    name: "a lease from a clock that is ahead counts until that time comes",
    file: IMAGE_RECORD,
    find: "const LONGEST_LEASE_MS = 960_000;",
    replace: "const LONGEST_LEASE_MS = 9_600_000;",
  },
  {
    name: "a lease counts for a minute at most",
    file: IMAGE_RECORD,
    find: "const LONGEST_LEASE_MS = 960_000;",
    replace: "const LONGEST_LEASE_MS = 60_000;",
  },
  {
    name: "an operator takes a record for the one of its last life",
    file: RECORD_UPDATES,
    find: ', asSeen("attempts", attempts), asSeen("ttl", ttl));',
    replace: ', asSeen("attempts", attempts));',
  },
  {
    name: "what is being deleted can expire",
    file: RECORD_UPDATES,
    find: "    ttl: seen.ttl && Math.max(seen.ttl, processedAt + SECONDS_PER_DAY),\n",
    replace: "",
  },
  {
    name: "an original that came short is taken",
    file: PROCESS_UPLOAD,
    find: "if (bytes.length <= maxBytes) checkLength(bytes.length, upload);",
    replace: "",
  },
  {
    name: "the lease lasts for an hour",
    file: IMAGE_LEASE,
    find: "expiresAtMs: deadlineMs",
    replace: "expiresAtMs: deadlineMs + 3_600_000",
  },
  {
    name: "the lease ends before its holder does",
    file: IMAGE_LEASE,
    find: "expiresAtMs: deadlineMs",
    replace: "expiresAtMs: nowMs + 2_000",
  },
  {
    name: "the recorder overwrites whatever it finds",
    file: RECORD_UPDATES,
    find: 'all(any(statusIs("pending"), statusIs("processing")), ownedBy(failure.owner))',
    replace: '{ kind: "below", attribute: "attempts", value: 1_000 }',
  },
  {
    name: "the recorder overwrites another owner's lease",
    file: RECORD_UPDATES,
    find: 'all(any(statusIs("pending"), statusIs("processing")), ownedBy(failure.owner))',
    replace: 'any(statusIs("pending"), statusIs("processing"))',
  },
  {
    name: "the recorder leaves processing alone",
    file: RECORD_UPDATES,
    find: 'all(any(statusIs("pending"), statusIs("processing")), ownedBy(failure.owner))',
    replace: 'all(statusIs("pending"), ownedBy(failure.owner))',
  },
  {
    name: "the recorder leaves pending alone",
    file: RECORD_UPDATES,
    find: 'all(any(statusIs("pending"), statusIs("processing")), ownedBy(failure.owner))',
    replace: 'all(statusIs("processing"), ownedBy(failure.owner))',
  },
  {
    name: "the recorder does not create an item",
    file: RECORD_UPDATES,
    find: "    noItem,\n    all(\n      unexpired(failure.nowMs)",
    replace: "    all(\n      unexpired(failure.nowMs)",
  },
  {
    name: "the recorder looks for its own request id",
    file: RECORD_FAILED_EVENT,
    find: "const owner = requestContext.requestId;",
    replace: "const owner = requestId;",
  },
  {
    name: "the recorder hides that the table did not answer",
    file: RECORD_FAILED_EVENT,
    find: "if (failures.length > 0)",
    replace: "if (failures.length > 9)",
  },
  {
    name: "a refused result counts as written",
    file: IMAGE_LEASE,
    find: 'if (!("refused" in item)) return item.processingStatus;',
    replace: "if (update) return update.set.processingStatus;",
  },
  {
    name: "a refused claim counts as done",
    file: IMAGE_LEASE,
    find: "if (current && isFinal(current)) {",
    replace: "if (current) {",
  },
  {
    name: "every failure counts as final",
    file: IMAGE_LEASE,
    find: '(processingStatus === "failed" && errorCode !== undefined && !RETRYABLE_CODES.includes(errorCode))',
    replace: '(processingStatus === "failed" && errorCode !== undefined)',
  },
  {
    name: "the recorder's failure counts as an own write",
    file: IMAGE_LEASE,
    find: '(current.processingStatus === "pending" || isFinal(current))',
    replace: 'current.processingStatus !== "processing"',
  },
  {
    name: "another attempt's result counts as an own write",
    file: IMAGE_LEASE,
    find: "  current.attempts === held.attempts &&\n",
    replace: "",
  },
  {
    name: "a lost reply counts as a failure",
    file: IMAGE_LEASE,
    find: "  if (current && isOwnWrite(current, held)) {",
    replace: "  if (current && isOwnWrite(current, held)) throw new LeaseLost();\n  if (!current) {",
  },
  {
    name: "a lost lease is forgiven",
    file: IMAGE_LEASE,
    find: "if (current && isFinal(current)) return undefined;",
    replace: "if (current) return undefined;",
  },
  {
    name: "an error is swallowed after it was recorded",
    file: PROCESS_UPLOAD,
    find: 'if (status === "pending") throw error;',
    replace: "",
  },
  {
    name: "an error before the claim is swallowed",
    file: PROCESS_UPLOAD,
    find: "if (!held) throw error;",
    replace: "if (!held) return;",
  },
  {
    name: "an error is not recorded",
    file: PROCESS_UPLOAD,
    find: "report.retried(held, error);\n  if (!held) throw error;",
    replace: "report.retried(held, error);\n  return;",
  },
  {
    name: "a permanent error is retried",
    file: PROCESS_UPLOAD,
    find: "if (held && error instanceof RejectedImage)",
    replace: "if (held && error instanceof LeaseHeld)",
  },
  {
    name: "a transient error is recorded for good",
    file: PROCESS_UPLOAD,
    find: "if (held && error instanceof RejectedImage) return recordRejection(held, error,",
    replace: 'if (held) return recordRejection(held, new RejectedImage("DECODE_ERROR", ""),',
  },
  {
    name: "the result is committed before the previews are written",
    file: PROCESS_UPLOAD,
    find: "    await processor.previews.write(",
    replace: "    void processor.previews.write(",
  },
  {
    name: "previews are shared by all versions of a key",
    file: PROCESS_UPLOAD,
    find: "${PREVIEW_PREFIX}${upload.imageId}/",
    replace: "${PREVIEW_PREFIX}${upload.key}/",
  },
  {
    name: "whatever lies under the key is read",
    file: PROCESS_UPLOAD,
    find: "originals.read({ key, versionId, eTag, maxBytes }, stop)",
    replace: 'originals.read({ key, eTag: eTag && "*", maxBytes }, stop)',
  },
  {
    name: "an operator reopens what somebody has claimed since",
    file: RECORD_UPDATES,
    find: 'condition: unchangedSince(seen),\n  set: { processingStatus: "pending" },',
    replace:
      'condition: { kind: "below", attribute: "attempts", value: 1_000 },\n  set: { processingStatus: "pending" },',
  },
  {
    name: "an operator deletes what somebody has claimed since",
    file: RECORD_UPDATES,
    find: 'condition: unchangedSince(seen),\n  set: {\n    processingStatus: "failed",',
    replace:
      'condition: { kind: "below", attribute: "attempts", value: 1_000 },\n  set: {\n    processingStatus: "failed",',
  },
  {
    name: "what is being deleted can be claimed",
    file: RECORD_UPDATES,
    find: 'errorCode: "SOURCE_NOT_FOUND",\n    errorMessage: RETIRED',
    replace: 'errorCode: "S3_ERROR",\n    errorMessage: RETIRED',
  },
  {
    name: "deleting begins to count anew",
    file: RECORD_UPDATES,
    find: "errorMessage: RETIRED,\n    processedAt,",
    replace: "errorMessage: RETIRED,\n    processedAt,\n    attempts: 0,",
  },
  {
    name: "reopening begins to count anew",
    file: RECORD_UPDATES,
    find: 'set: { processingStatus: "pending" },\n  remove: [',
    replace: 'set: { processingStatus: "pending", attempts: 0 },\n  remove: [',
  },
  {
    name: "reopening takes the previews away",
    file: RECORD_UPDATES,
    find: 'remove: ["errorCode", "errorMessage", "leaseOwner", "leaseExpiresAt"]',
    replace: 'remove: ["previews", "errorCode", "errorMessage", "leaseOwner", "leaseExpiresAt"]',
  },
  {
    name: "the error of one record stops the others",
    file: PROCESS_EVENT,
    find: "await process(record.upload).catch((error: unknown) => failures.push(error));",
    replace: "await process(record.upload);",
  },
  {
    name: "the errors of an event are swallowed",
    file: PROCESS_EVENT,
    find: "if (failures.length > 0)",
    replace: "if (failures.length > 9)",
  },
];
