import { createChartFrame, PLOT, SIZE, shape } from "./chart-frame.js";

const GAP = 3;

/** Stacked bars, one for each minute. */
export function createBarChart(options) {
  const { series, format } = options;
  const draw = (minutes, scale) => {
    const step = PLOT.width / minutes.length;
    return minutes.flatMap((minute, index) => {
      let top = PLOT.base;
      return series.flatMap(({ name, series: key }) => {
        const height = (minute[key] / scale) * PLOT.height;
        if (height === 0) return [];
        top -= height;
        const x = SIZE.left + index * step + GAP / 2;
        const box = { x, y: top, width: step - GAP, height, class: "bar", "data-series": key };
        return [shape("rect", box, shape("title", {}, `${format(minute[key])} ${name}`))];
      });
    });
  };
  draw.stacked = true;
  return createChartFrame(options, draw);
}
