import { createChartFrame, PLOT, SIZE, shape } from "./chart-frame.js";

/** One line for each series; minutes without a value are left out, and a lone value is a dot. */
export function createLineChart(options) {
  const { series, format } = options;
  return createChartFrame(options, (minutes, scale) =>
    series.flatMap(({ name, series: key }) => {
      const points = minutes.flatMap((minute, index) => {
        if (minute[key] === undefined) return [];
        const x = SIZE.left + ((index + 0.5) / minutes.length) * PLOT.width;
        return [{ x, y: PLOT.base - (minute[key] / scale) * PLOT.height, value: minute[key] }];
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
