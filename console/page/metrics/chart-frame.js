import { element } from "../shell/element.js";

const SVG = "http://www.w3.org/2000/svg";
/** Of the drawing; the page scales it. */
export const SIZE = { width: 600, height: 200, left: 52, right: 8, top: 8, bottom: 24 };
export const PLOT = {
  width: SIZE.width - SIZE.left - SIZE.right,
  height: SIZE.height - SIZE.top - SIZE.bottom,
  base: SIZE.height - SIZE.bottom,
};

export function shape(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** A chart with heading, legend, axes and the same numbers as a table. `draw(minutes, scale)` returns its marks. */
export function createChartFrame({ title, series, format }, draw) {
  const id = `chart-${title.toLowerCase().replaceAll(" ", "-")}`;
  const drawing = shape("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img" });
  const legend = element(
    "ul",
    { className: "legend" },
    ...series.map(({ name, series: key }) => element("li", { "data-series": key }, name)),
  );
  const table = element("table", {});
  const node = element(
    "figure",
    { className: "card chart", "aria-labelledby": id },
    element("figcaption", {}, element("h2", { id }, title), legend),
    drawing,
    element(
      "details",
      {},
      element("summary", {}, "As a table"),
      element("div", { className: "scroller", tabIndex: 0 }, table),
    ),
  );
  return {
    node,
    show(minutes) {
      const highest = Math.max(...minutes.map((minute) => heightOf(minute, series, draw.stacked)));
      const scale = niceScale(highest);
      drawing.setAttribute("aria-label", `${title}, highest ${format(highest)}`);
      drawing.replaceChildren(...axes(minutes, scale, format), ...draw(minutes, scale));
      table.replaceChildren(headOf(series), bodyOf(minutes, series, format));
    },
  };
}

function heightOf(minute, series, stacked) {
  const values = series.map(({ series: key }) => minute[key] ?? 0);
  return stacked ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
}

/** The next round number at or above. */
function niceScale(highest) {
  const power = 10 ** Math.floor(Math.log10(Math.max(highest, 1)));
  return Math.max([1, 2, 5, 10].find((step) => step * power >= highest) * power, 4);
}

function axes(minutes, scale, format) {
  const lines = [0, 0.5, 1].flatMap((share) => {
    const y = PLOT.base - share * PLOT.height;
    return [
      shape("line", { x1: SIZE.left, x2: SIZE.left + PLOT.width, y1: y, y2: y, class: "grid-line" }),
      shape("text", { x: SIZE.left - 8, y: y + 4, "text-anchor": "end" }, format(share * scale)),
    ];
  });
  const label = (x, anchor, text) => shape("text", { x, y: SIZE.height - 6, "text-anchor": anchor }, text);
  return [
    ...lines,
    label(SIZE.left, "start", `${minutes.length} min ago`),
    label(SIZE.left + PLOT.width, "end", "now"),
  ];
}

function headOf(series) {
  const names = ["minute", ...series.map(({ name }) => name)];
  return element("thead", {}, element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name))));
}

function bodyOf(minutes, series, format) {
  const rows = [...minutes].reverse().filter((minute) => series.some(({ series: key }) => minute[key]));
  return element(
    "tbody",
    {},
    ...rows.map((minute) =>
      element(
        "tr",
        {},
        element(
          "td",
          {},
          new Date(minute.at).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
        ),
        ...series.map(({ series: key }) => element("td", {}, minute[key] === undefined ? "" : format(minute[key]))),
      ),
    ),
  );
}
