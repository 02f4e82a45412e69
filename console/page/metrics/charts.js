import { element } from "../shell/element.js";

/**
 * @typedef {import("../../server/wire").MinuteOfImages} Minute
 * @typedef {Exclude<keyof Minute, "at">} SeriesKey
 * @typedef {{name: string, series: SeriesKey}} Series
 * @typedef {{title: string, series: readonly Series[], format: (value: number) => string}} ChartOptions
 * @typedef {(minutes: readonly Minute[], scale: number) => readonly Element[]} Draw
 */

const SVG = "http://www.w3.org/2000/svg";
/** Of the drawing; the page scales it. */
const SIZE = { width: 600, height: 200, left: 52, right: 8, top: 8, bottom: 24 };
const PLOT = {
  width: SIZE.width - SIZE.left - SIZE.right,
  height: SIZE.height - SIZE.top - SIZE.bottom,
  base: SIZE.height - SIZE.bottom,
};

/**
 * @param {string} tag
 * @param {Readonly<Record<string, unknown>>} attributes
 * @param {...Element | string} children
 */
function shape(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * A chart with heading, legend, axes and the same numbers as a table.
 * @param {ChartOptions} options
 * @param {Draw & {stacked?: boolean}} draw returns the marks
 */
function createChartFrame({ title, series, format }, draw) {
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
    /** @param {readonly Minute[]} minutes */
    show(minutes) {
      const highest = Math.max(...minutes.map((minute) => heightOf(minute, series, draw.stacked ?? false)));
      const scale = niceScale(highest);
      drawing.setAttribute("aria-label", `${title}, highest ${format(highest)}`);
      drawing.replaceChildren(...axes(minutes, scale, format), ...draw(minutes, scale));
      table.replaceChildren(headOf(series), bodyOf(minutes, series, format));
    },
  };
}

/**
 * @param {Minute} minute
 * @param {readonly Series[]} series
 * @param {boolean} stacked
 */
function heightOf(minute, series, stacked) {
  const values = series.map(({ series: key }) => minute[key] ?? 0);
  return stacked ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
}

/**
 * The next round number at or above.
 * @param {number} highest
 */
function niceScale(highest) {
  const power = 10 ** Math.floor(Math.log10(Math.max(highest, 1)));
  return Math.max(([1, 2, 5].find((step) => step * power >= highest) ?? 10) * power, 4);
}

/**
 * @param {readonly Minute[]} minutes
 * @param {number} scale
 * @param {ChartOptions["format"]} format
 */
function axes(minutes, scale, format) {
  const lines = [0, 0.5, 1].flatMap((share) => {
    const y = PLOT.base - share * PLOT.height;
    return [
      shape("line", { x1: SIZE.left, x2: SIZE.left + PLOT.width, y1: y, y2: y, class: "grid-line" }),
      shape("text", { x: SIZE.left - 8, y: y + 4, "text-anchor": "end" }, format(share * scale)),
    ];
  });
  /**
   * @param {number} x
   * @param {"start" | "end"} anchor
   * @param {string} text
   */
  const label = (x, anchor, text) => shape("text", { x, y: SIZE.height - 6, "text-anchor": anchor }, text);
  return [
    ...lines,
    label(SIZE.left, "start", `${minutes.length} min ago`),
    label(SIZE.left + PLOT.width, "end", "now"),
  ];
}

/** @param {readonly Series[]} series */
function headOf(series) {
  const names = ["minute", ...series.map(({ name }) => name)];
  return element("thead", {}, element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name))));
}

/**
 * @param {readonly Minute[]} minutes
 * @param {readonly Series[]} series
 * @param {ChartOptions["format"]} format
 */
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
        ...series.map(({ series: key }) => element("td", {}, textOf(minute[key], format))),
      ),
    ),
  );
}

const GAP = 3;

/**
 * @param {number | undefined} value
 * @param {ChartOptions["format"]} format
 */
const textOf = (value, format) => (value === undefined ? "" : format(value));

/**
 * Stacked bars, one for each minute.
 * @param {ChartOptions} options
 */
export function createBarChart(options) {
  const { series, format } = options;
  /** @type {Draw & {stacked?: boolean}} */
  const draw = (minutes, scale) => {
    const step = PLOT.width / minutes.length;
    return minutes.flatMap((minute, index) => {
      let top = PLOT.base;
      return series.flatMap(({ name, series: key }) => {
        const value = minute[key] ?? 0;
        if (value === 0) return [];
        const height = (value / scale) * PLOT.height;
        top -= height;
        const x = SIZE.left + index * step + GAP / 2;
        const box = { x, y: top, width: step - GAP, height, class: "bar", "data-series": key };
        return [shape("rect", box, shape("title", {}, `${format(value)} ${name}`))];
      });
    });
  };
  draw.stacked = true;
  return createChartFrame(options, draw);
}

/**
 * One line for each series; minutes without a value are left out, and a lone value is a dot.
 * @param {ChartOptions} options
 */
export function createLineChart(options) {
  const { series, format } = options;
  return createChartFrame(options, (minutes, scale) =>
    series.flatMap(({ name, series: key }) => {
      const points = minutes.flatMap((minute, index) => {
        const value = minute[key];
        if (value === undefined) return [];
        const x = SIZE.left + ((index + 0.5) / minutes.length) * PLOT.width;
        return [{ x, y: PLOT.base - (value / scale) * PLOT.height, value }];
      });
      const line = shape("polyline", {
        points: points.map(({ x, y }) => `${x},${y}`).join(" "),
        class: "line-mark",
        "data-series": key,
      });
      const dots = points.map(({ x, y, value }) =>
        shape(
          "circle",
          { cx: x, cy: y, r: 3, class: "dot", "data-series": key },
          shape("title", {}, `${name} ${format(value)}`),
        ),
      );
      return [line, ...dots];
    }),
  );
}
