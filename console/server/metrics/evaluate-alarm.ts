import {
  ALARM_PERIOD_SECONDS,
  type AlarmDefinition,
  type AlarmLimits,
  type Statistic,
  type Watched,
} from "../../../contract/alarms";
import type { Metric, WatchedResources } from "../../../contract/metrics";
import type { MetricSample } from "./metric-sample";

export type AlarmState = "OK" | "ALARM";

export interface AlarmEvaluation {
  readonly state: AlarmState;
  readonly threshold: number;
  /** What is held against the threshold, one for each period, the newest last; absent where nothing was measured. */
  readonly values: readonly (number | undefined)[];
}

export interface EvaluationContext {
  readonly resources: WatchedResources;
  readonly limits: AlarmLimits;
  /** Epoch ms: periods are counted back from here, which belongs to the newest one. */
  readonly atMs: number;
  /** Shorter where time is scaled. */
  readonly periodMs?: number;
}

/** The state of an alarm as CloudWatch would find it: every period must breach, and one without values does not. */
export function evaluateAlarm(
  alarm: AlarmDefinition,
  samples: readonly MetricSample[],
  { resources, limits, atMs, periodMs = ALARM_PERIOD_SECONDS * 1000 }: EvaluationContext,
): AlarmEvaluation {
  const threshold = alarm.threshold(limits);
  const watched = samples.filter((sample) => isOf(alarm.watches.metric(resources), sample));
  const values = Array.from({ length: alarm.evaluationPeriods }, (_, index) => {
    const endMs = atMs - (alarm.evaluationPeriods - 1 - index) * periodMs;
    const inPeriod = watched.filter(({ timestampMs }) => timestampMs > endMs - periodMs && timestampMs <= endMs);
    return watchedValue(
      alarm.watches,
      inPeriod.map(({ value }) => value),
    );
  });
  const breached = values.every((value) => value !== undefined && value >= threshold);
  return { state: breached ? "ALARM" : "OK", threshold, values };
}

function isOf(metric: Metric, sample: MetricSample): boolean {
  const names = Object.keys(metric.dimensions);
  return (
    sample.namespace === metric.namespace &&
    sample.name === metric.name &&
    names.length === Object.keys(sample.dimensions).length &&
    names.every((name) => sample.dimensions[name] === metric.dimensions[name])
  );
}

function watchedValue(watched: Watched, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  if (watched.kind === "statistic") return statisticOf(watched.statistic, values);
  return values.length >= watched.minimumCount ? 100 * statisticOf("Average", values) : 0;
}

/** @param values at least one */
function statisticOf(statistic: Statistic, values: readonly number[]): number {
  const sum = values.reduce((together, value) => together + value, 0);
  switch (statistic) {
    case "Sum":
      return sum;
    case "Average":
      return sum / values.length;
    case "Maximum":
      return values.reduce((a, b) => Math.max(a, b));
    case "p95":
      return nearestRank(values, 0.95);
  }
}

function nearestRank(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
