import {
  ALARM_PERIOD_SECONDS,
  type AlarmDefinition,
  type AlarmLimits,
  alarmsOf,
  type Statistic,
  type Watched,
} from "../../../contract/alarms";
import type { Metric, WatchedResources } from "../../../contract/metrics";
import type { UploadTriggerKind } from "../../../contract/names";
import type { AlarmOnBoard } from "../wire";
import { type MetricSample, nearestRank } from "./metric-history";

export interface AlarmBoardOptions {
  readonly suffix: string;
  readonly uploadTrigger: UploadTriggerKind;
  readonly resources: WatchedResources;
  readonly limits: AlarmLimits;
  /** Factor on the periods. */
  readonly timeScale: number;
}

/** The alarms that the stack deploys, as they would stand now. */
export class AlarmBoard {
  readonly #options: AlarmBoardOptions;
  readonly #alarms: readonly AlarmDefinition[];
  readonly periodMs: number;

  constructor(options: AlarmBoardOptions) {
    this.#options = options;
    this.#alarms = alarmsOf(options.uploadTrigger);
    this.periodMs = ALARM_PERIOD_SECONDS * 1000 * options.timeScale;
  }

  /** How far back the longest alarm looks, in ms. */
  get reachMs(): number {
    return this.periodMs * Math.max(...this.#alarms.map(({ evaluationPeriods }) => evaluationPeriods));
  }

  evaluate(samples: readonly MetricSample[], atMs: number): readonly AlarmOnBoard[] {
    const { suffix, resources, limits } = this.#options;
    const context = { resources, limits, atMs, periodMs: this.periodMs };
    return this.#alarms.map((alarm) => {
      const { id, description, unhealthy, watches } = alarm;
      const { state, threshold, values } = evaluateAlarm(alarm, samples, context);
      return {
        id,
        name: alarm.name(suffix),
        description,
        unhealthy,
        state,
        metric: watches.metric(resources).name,
        statistic: watches.kind === "percentage" ? "Percent" : watches.statistic,
        threshold,
        values: values.map((value) => value ?? null),
      };
    });
  }
}

type AlarmState = "OK" | "ALARM";

interface AlarmEvaluation {
  readonly state: AlarmState;
  readonly threshold: number;
  /** What is held against the threshold, one for each period, the newest last; absent where nothing was measured. */
  readonly values: readonly (number | undefined)[];
}

interface EvaluationContext {
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
