import { element, setText } from "../shell/element.js";
import { count, duration } from "../shell/format.js";
import { createAlarmList } from "./alarm-list.js";
import { createBarChart } from "./bar-chart.js";
import { createLineChart } from "./line-chart.js";

const OUTCOMES = [
  { name: "completed", series: "completed" },
  { name: "rejected", series: "rejected" },
  { name: "given up", series: "failed" },
  { name: "retried", series: "retried" },
];
const TIMES = [
  { name: "p50", series: "p50" },
  { name: "p95", series: "p95" },
];

/** What the functions measured of late, and the alarms on it. `onFiring` gets how many are on. */
export function createMetricsView({ info, live }, onFiring) {
  const images = createBarChart({ title: "Images per minute", series: OUTCOMES, format: count });
  const times = createLineChart({ title: "Processing time", series: TIMES, format: duration });
  const alarms = createAlarmList(info);
  const totals = element("dl", { className: "totals" });
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

function totalsOf(minutes) {
  const sum = (series) => minutes.reduce((together, minute) => together + minute[series], 0);
  const latest = minutes.findLast(({ p95 }) => p95 !== undefined);
  return [
    ["completed", count(sum("completed"))],
    ["rejected", count(sum("rejected"))],
    ["given up", count(sum("failed"))],
    ["retried", count(sum("retried"))],
    ["p50", latest ? duration(latest.p50) : "–"],
    ["p95", latest ? duration(latest.p95) : "–"],
  ].map(([name, value]) => {
    const number = element("dd", {});
    setText(number, value);
    return element("div", {}, element("dt", {}, name), number);
  });
}
