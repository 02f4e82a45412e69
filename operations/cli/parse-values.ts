import { InvalidArgumentError } from "commander";
import { type ErrorCode, PERMANENT_CODES, RETRYABLE_CODES } from "../../contract/error-codes";
import type { RecordStatus } from "../../lambda-src/records/image-record";
import { STATUSES } from "../image-catalogue";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const DURATION = /^(\d{1,9})([smhdw])$/;
const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

const expect = (expectation: string, got: string) => new InvalidArgumentError(`must be ${expectation}, got "${got}"`);

/** Epoch seconds of `2h`, `3d` (ago), or ISO 8601; without a zone UTC. @throws {InvalidArgumentError} */
export function parseTime(text: string, nowMs = Date.now()): number {
  const duration = DURATION.exec(text);
  if (duration) return Math.floor(nowMs / 1000) - parseDuration(text);
  const hasZone = /(Z|[+-]\d\d:\d\d)$/.test(text);
  const timeMs = ISO_8601.test(text) ? Date.parse(text.includes("T") && !hasZone ? `${text}Z` : text) : Number.NaN;
  if (Number.isNaN(timeMs)) throw expect("a time such as 2h, 3d or 2026-01-31T08:00Z", text);
  return Math.floor(timeMs / 1000);
}

/** Seconds of `90s`, `2h`, `3d`. @throws {InvalidArgumentError} */
export function parseDuration(text: string): number {
  const [, amount, unit = ""] = DURATION.exec(text) ?? [];
  const seconds = SECONDS[unit];
  if (!seconds) throw expect("a duration such as 90s, 2h or 3d", text);
  return Number(amount) * seconds;
}

/** An integer >= 1. @throws {InvalidArgumentError} */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw expect("an integer from 1", text);
  return Number(text);
}

/** Per second. @throws {InvalidArgumentError} */
export function parseRate(text: string): number {
  const rate = Number(text);
  if (!/^\d{1,4}(\.\d{1,3})?$/.test(text) || rate < 0.1 || rate > 1000)
    throw expect("a rate from 0.1 to 1000 a second", text);
  return rate;
}

/** @throws {InvalidArgumentError} */
export function parseStatus(text: string): RecordStatus {
  const status = STATUSES.find((known) => known === text);
  if (!status) throw expect(`one of ${STATUSES.join(", ")}`, text);
  return status;
}

/** @throws {InvalidArgumentError} */
export function parseCode(text: string): ErrorCode {
  const codes = [...PERMANENT_CODES, ...RETRYABLE_CODES];
  const code = codes.find((known) => known === text.toUpperCase());
  if (!code) throw expect(`one of ${codes.join(", ")}`, text);
  return code;
}
