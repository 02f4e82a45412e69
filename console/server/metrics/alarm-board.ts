import { ALARM_PERIOD_SECONDS, type AlarmDefinition, type AlarmLimits, alarmsOf } from "../../../contract/alarms";
import type { WatchedResources } from "../../../contract/metrics";
import type { UploadTriggerKind } from "../../../contract/names";
import { evaluateAlarm } from "./evaluate-alarm";
import type { MetricSample } from "./metric-sample";

export interface AlarmOnBoard {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly unhealthy: boolean;
  readonly state: "OK" | "ALARM";
  readonly metric: string;
  readonly statistic: string;
  readonly threshold: number;
  /** One for each period, the newest last; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}

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
