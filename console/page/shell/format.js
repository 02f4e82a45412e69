// Numbers and times as people read them.

const BYTE_UNITS = ["B", "kB", "MB", "GB"];
const number = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const dateAndTime = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
/** @type {readonly (readonly [Intl.RelativeTimeFormatUnit, number, string])[]} */
const STEPS = [
  ["day", 86_400, "d"],
  ["hour", 3600, "h"],
  ["minute", 60, "min"],
];

/** @param {number} value */
export const count = (value) => number.format(value);

/** @param {number | undefined} value */
export function bytes(value) {
  if (value === undefined) return "";
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), BYTE_UNITS.length - 1);
  const scaled = value / 1000 ** power;
  return `${scaled >= 100 || power === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${BYTE_UNITS[power]}`;
}

/** @param {number} milliseconds */
export function duration(milliseconds) {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/**
 * Time of day with milliseconds: attempts follow each other quickly.
 * @param {number} epochMs
 */
export function timeOfDay(epochMs) {
  return `${clock.format(epochMs)}.${String(Math.floor(epochMs % 1000)).padStart(3, "0")}`;
}

/** @param {number} epochMs */
export const moment = (epochMs) => dateAndTime.format(epochMs);

/** @param {number} epochMs */
export function age(epochMs, nowMs = Date.now()) {
  const seconds = (epochMs - nowMs) / 1000;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? [undefined, 0];
  return unit ? relative.format(Math.round(seconds / size), unit) : "just now";
}

/**
 * The same where there is little room, e.g. `3 min`.
 * @param {number} epochMs
 */
export function shortAge(epochMs, nowMs = Date.now()) {
  const seconds = (nowMs - epochMs) / 1000;
  const [, size, unit] = STEPS.find(([, step]) => seconds >= step) ?? [undefined, 0, undefined];
  return unit ? `${Math.round(seconds / size)} ${unit}` : "now";
}

/**
 * What a preview saves against the original, e.g. `99.2 % smaller`.
 * @param {number | undefined} originalBytes
 * @param {number | undefined} previewBytes
 */
export function saving(originalBytes, previewBytes) {
  if (!originalBytes || previewBytes === undefined) return "";
  const share = 1 - previewBytes / originalBytes;
  if (share < 0) return `${Math.round(-share * 100)} % larger`;
  return `${(share * 100).toFixed(share > 0.99 ? 1 : 0)} % smaller`;
}

/**
 * The part of a key that the uploader chose.
 * @param {string} key
 */
export const fileNameOf = (key) => key.split("/").slice(2).join("/") || key;
