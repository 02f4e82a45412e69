import { element, setText } from "../shell/element.js";
import { count, duration } from "../shell/format.js";
import { createBarChart, createLineChart } from "./charts.js";

/** @typedef {import("../../server/wire").MinuteOfImages} Minute */
/** @typedef {import("../../server/wire").AlarmOnBoard} AlarmOnBoard */

/** @type {readonly import("./charts.js").Series[]} */
const OUTCOMES = [
  { name: "completed", series: "completed" },
  { name: "rejected", series: "rejected" },
  { name: "given up", series: "failed" },
  { name: "retried", series: "retried" },
];
/** @type {readonly import("./charts.js").Series[]} */
const TIMES = [
  { name: "p50", series: "p50" },
  { name: "p95", series: "p95" },
];

/**
 * What the functions measured of late, and the alarms on it. `onFiring` gets how many are on.
 * @param {import("../shell/server.js").Context<import("../../server/wire").LocalConsoleInfo>} context
 * @param {(alarms: number) => void} onFiring
 */
export function createMetricsView({ info, live }, onFiring) {
  const images = createBarChart({ title: "Images per minute", series: OUTCOMES, format: count });
  const times = createLineChart({ title: "Processing time", series: TIMES, format: duration });
  const alarms = createAlarmList(info);
  const totals = element("dl", { className: "totals" });
  /** @type {import("../../server/wire").MetricsSnapshot | undefined} */
  let shown;
  let open = false;
  const draw = () => {
    if (!open || !shown) return;
    totals.replaceChildren(...totalsOf(shown.minutes));
    images.show(shown.minutes);
    times.show(shown.minutes);
    alarms.show(shown);
  };
  live.on("metrics", (metrics) => {
    shown = metrics;
    onFiring(metrics.alarms.filter(({ state }) => state === "ALARM").length);
    draw();
  });
  return {
    title: "Metrics",
    element: element(
      "section",
      { className: "metrics-view", "aria-labelledby": "metrics-title" },
      element("h1", { id: "metrics-title" }, "Metrics"),
      element("p", { className: "lead" }, "The last half hour, since this start of the console."),
      totals,
      element("div", { className: "charts" }, images.node, times.node),
      alarms.node,
    ),
    show: () => {
      open = true;
      draw();
    },
    hide: () => {
      open = false;
    },
  };
}

/** @param {readonly Minute[]} minutes */
function totalsOf(minutes) {
  /** @param {"completed" | "rejected" | "failed" | "retried"} series */
  const sum = (series) => minutes.reduce((together, minute) => together + minute[series], 0);
  const latest = minutes.findLast(({ p95 }) => p95 !== undefined);
  return [
    ["completed", count(sum("completed"))],
    ["rejected", count(sum("rejected"))],
    ["given up", count(sum("failed"))],
    ["retried", count(sum("retried"))],
    ["p50", latest?.p50 !== undefined ? duration(latest.p50) : "–"],
    ["p95", latest?.p95 !== undefined ? duration(latest.p95) : "–"],
  ].map(([name, value]) => {
    const number = element("dd", {});
    setText(number, value);
    return element("div", {}, element("dt", {}, name), number);
  });
}

/**
 * The alarms as the stack deploys them, those that are on first.
 * @param {import("../../server/wire").LocalConsoleInfo} info
 */
function createAlarmList({ timeScale }) {
  const list = element("ul", { className: "alarms", role: "list" });
  const note = element("p", { className: "note" });
  let told = "";
  return {
    node: element(
      "section",
      { className: "card", "aria-labelledby": "alarms-title" },
      element("h2", { id: "alarms-title" }, "Alarms"),
      note,
      list,
    ),
    /** @param {import("../../server/wire").MetricsSnapshot} snapshot */
    show({ alarms, periodSeconds }) {
      const text = JSON.stringify(alarms);
      if (text === told) return;
      told = text;
      const scaled = timeScale < 1 ? `, as --time-scale ${timeScale} shortens them` : "";
      note.textContent = `As deployed, in periods of ${count(periodSeconds)} s${scaled}.`;
      const on = alarms.filter(({ state }) => state === "ALARM");
      list.replaceChildren(...on.map(itemOf), ...alarms.filter((alarm) => !on.includes(alarm)).map(itemOf));
    },
  };
}

/** @param {AlarmOnBoard} alarm */
function itemOf({ id, name, description, unhealthy, state, metric, statistic, threshold, values }) {
  const last = values.at(-1);
  const now = last === null || last === undefined ? "no data" : count(Math.round(last * 100) / 100);
  const [tone, words] = standing(state, unhealthy, typeof last === "number" && last >= threshold);
  const mark = element("span", { className: "state", "data-state": tone }, words);
  const meaning = element("p", { className: "note" }, description);
  return element(
    "li",
    { "data-alarm": id, "data-on": state === "ALARM" ? "yes" : "no" },
    element("h3", {}, name),
    element("p", { className: "figures" }, `${metric} ${statistic}: ${now}, threshold ${count(threshold)}`),
    mark,
    state === "ALARM" ? meaning : element("details", {}, element("summary", {}, "What it means"), meaning),
  );
}

/**
 * Colour and words.
 * @param {AlarmOnBoard["state"]} state
 * @param {boolean} unhealthy
 * @param {boolean} breaching
 */
function standing(state, unhealthy, breaching) {
  if (state === "ALARM") return ["failed", unhealthy ? "in alarm, images at risk" : "in alarm"];
  return breaching ? ["pending", "ok, if it does not stay"] : ["completed", "ok"];
}
