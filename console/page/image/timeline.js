import { element } from "../shell/element.js";
import { duration, moment, timeOfDay } from "../shell/format.js";

/**
 * @typedef {import("../../../lambda-src/records/image-record").ImageRecord} ImageRecord
 * @typedef {import("../../server/wire").JournalEntry} JournalEntry
 * @typedef {{at: number, title: string, detail?: string, state?: string, quiet?: boolean, wholeSeconds?: boolean}} Step
 */

/**
 * Decisions of a function that leave no trace in the record.
 * @type {Readonly<Record<string, string>>}
 */
const NOTES = {
  duplicate_skipped: "Delivered again: already done, nothing was read or written",
  in_progress: "Delivered again while another attempt works on it: comes back later",
  fenced: "A late write was refused: another attempt had taken over",
  recorder_noop: "The failure recorder had nothing to record",
};

/**
 * What happened to the image, step by step.
 * @param {import("../../server/wire").ConsoleInfo} info
 */
export function createTimeline({ local }) {
  const list = element("ol", { className: "timeline" });
  const note = element("p", { className: "note" });
  const node = element(
    "section",
    { className: "card", "aria-labelledby": "timeline-title" },
    element("h2", { id: "timeline-title" }, "What happened"),
    list,
    note,
  );
  return {
    node,
    /**
     * @param {ImageRecord} record
     * @param {readonly JournalEntry[]} journal
     */
    show(record, journal) {
      const steps = stepsOf(record, journal);
      list.replaceChildren(...steps.map(itemOf));
      note.hidden = journal.length > 0;
      note.textContent = local
        ? "Its attempts are not kept any more: the record tells the outcome only."
        : "The record tells the outcome; the log tells of the attempts.";
    },
  };
}

/**
 * @param {ImageRecord} record
 * @param {readonly JournalEntry[]} journal
 * @returns {readonly Step[]}
 */
function stepsOf(record, journal) {
  const uploaded = { at: record.timestamp * 1000, title: "Uploaded", wholeSeconds: true };
  if (journal.length === 0) return [uploaded, ...outcomeOf(record)];
  return [uploaded, ...journal.map(stepOf).filter((step) => step !== undefined)];
}

/** @param {ImageRecord} record */
function outcomeOf({ processingStatus: state, processedAt, attempts, errorCode, errorMessage }) {
  if (!processedAt) return [];
  const detail = [errorCode, errorMessage].filter(Boolean).join(": ");
  const times = attempts === 1 ? "after 1 attempt" : `after ${attempts} attempts`;
  const title = `${titleOf(state)} ${attempts ? times : "before an attempt could claim it"}`;
  return [{ at: processedAt * 1000, title, detail, state, wholeSeconds: true }];
}

/**
 * @param {JournalEntry} entry
 * @returns {Step | undefined}
 */
function stepOf(entry) {
  if (entry.kind === "record") return recordStep(entry);
  if (entry.kind === "invocation") return invocationStep(entry);
  const title = NOTES[parse(entry.text).message];
  return title ? { at: entry.at, title } : undefined;
}

/**
 * @param {Extract<JournalEntry, {kind: "record"}>} entry
 * @returns {Step}
 */
function recordStep({ at, status: state, attempts, errorCode, errorMessage }) {
  const detail = [errorCode, errorMessage].filter(Boolean).join(": ");
  if (state === "processing") return { at, state, title: `Attempt ${attempts} claimed` };
  if (state === "pending" && attempts > 0 && detail)
    return { at, state, title: `Attempt ${attempts} failed, waits for the next`, detail };
  if (state === "pending") return { at, state, title: "Opened again", detail };
  return { at, state, title: titleOf(state), detail: state === "failed" ? detail : "" };
}

/** @param {string} state */
const titleOf = (state) => `${state[0].toUpperCase()}${state.slice(1)}`;

/** @param {Extract<JournalEntry, {kind: "invocation"}>} entry */
function invocationStep({ at, functionName, durationMs, maxMemoryUsedMb, error }) {
  const who = functionName.includes("recorder") ? "Failure recorder" : "Invocation";
  const figures = `${duration(durationMs)}, ${maxMemoryUsedMb} MB`;
  return error
    ? { at, title: `${who} failed after ${figures}`, detail: error, quiet: true }
    : { at, title: `${who} ended after ${figures}`, quiet: true };
}

/** @param {Step} step */
function itemOf({ at, title, detail, state, quiet, wholeSeconds }) {
  const time = element("time", { dateTime: new Date(at).toISOString(), title: moment(at) });
  time.textContent = wholeSeconds ? timeOfDay(at).slice(0, -4) : timeOfDay(at);
  return element(
    "li",
    { "data-state": state ?? "", className: quiet ? "quiet" : "" },
    time,
    element("span", { className: "step" }, title, detail && element("span", { className: "detail" }, detail)),
  );
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
