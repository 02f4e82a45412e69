import { element } from "../shell/element.js";
import { timeOfDay } from "../shell/format.js";

/** Fields that every line has, or that the view shows elsewhere. */
const LEFT_OUT = ["level", "message", "timestamp", "service", "sampling_rate", "imageId", "requestId", "key"];

/**
 * What the functions printed about the image.
 * @param {import("../../server/wire").ConsoleInfo} info
 */
export function createLogLines(info) {
  const logCommand = info.local ? undefined : info.logCommand;
  const rows = element("tbody");
  const table = element(
    "table",
    {},
    element("caption", { className: "unseen" }, "Log lines, oldest first"),
    element("thead", { className: "unseen" }, element("tr", {}, ...["Time", "Level", "Line"].map(headerOf))),
    rows,
  );
  const note = element("p", { className: "note" });
  const scroller = element(
    "div",
    { className: "scroller", tabIndex: 0, role: "region", "aria-labelledby": "log-title" },
    table,
  );
  const node = element(
    "section",
    { className: "card log", "aria-labelledby": "log-title" },
    element("h2", { id: "log-title" }, "Log"),
    scroller,
    note,
  );
  return {
    node,
    /**
     * @param {import("../../../lambda-src/records/image-record").ImageRecord} record
     * @param {readonly import("../../server/wire").JournalEntry[]} journal
     */
    show({ imageId }, journal) {
      const lines = journal.filter((entry) => entry.kind === "log");
      rows.replaceChildren(...lines.map(rowOf));
      scroller.hidden = lines.length === 0;
      note.hidden = lines.length > 0;
      note.replaceChildren(
        ...(logCommand
          ? ["Read it with ", element("code", {}, logCommand.replace("{imageId}", imageId))]
          : ["Its lines are not kept any more."]),
      );
    },
  };
}

/** @param {string} text */
const headerOf = (text) => element("th", { scope: "col" }, text);

/** @param {Extract<import("../../server/wire").JournalEntry, {kind: "log"}>} entry */
function rowOf({ at, text, functionName, requestId }) {
  const { level, message, fields } = read(text);
  return element(
    "tr",
    { "data-level": level },
    element("td", {}, timeOfDay(at)),
    element("td", {}, level),
    element("td", { title: `${functionName} ${requestId}` }, element("strong", {}, message), fields && ` ${fields}`),
  );
}

/** @param {string} text */
function read(text) {
  try {
    const line = JSON.parse(text);
    const rest = Object.entries(line).filter(([name]) => !LEFT_OUT.includes(name));
    const fields = rest.map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
    return { level: line.level ?? "", message: line.message ?? "", fields: fields.join("  ") };
  } catch {
    return { level: "", message: text, fields: "" };
  }
}
