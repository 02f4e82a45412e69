import { element } from "../shell/element.js";
import { count } from "../shell/format.js";

/** The alarms as the stack deploys them, those that are on first. */
export function createAlarmList({ timeScale }) {
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

/** Colour and words. */
function standing(state, unhealthy, breaching) {
  if (state === "ALARM") return ["failed", unhealthy ? "in alarm, images at risk" : "in alarm"];
  return breaching ? ["pending", "ok, if it does not stay"] : ["completed", "ok"];
}
