import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS, type MetricName } from "../contract";
import type { Decision, LogFields, Telemetry } from "../pipeline/ports";
import type { LogLevel } from "../processing-settings";

const SEVERITIES: Readonly<Record<LogLevel, number>> = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 };

const LEVELS: Readonly<Record<Decision, LogLevel>> = {
  completed: "INFO",
  image_rejected: "WARN",
  retryable: "WARN",
  duplicate_skipped: "INFO",
  in_progress: "INFO",
  fenced: "WARN",
  ignored: "INFO",
  malformed_event: "ERROR",
  recorded_failed: "ERROR",
  recorder_noop: "INFO",
};

/**
 * Decisions as JSON lines and metrics in CloudWatch's embedded metric format, both on standard output: no client, no
 * permission and no request of its own.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class CloudWatchTelemetry implements Telemetry {
  readonly #values = new Map<MetricName, number[]>();

  constructor(
    private readonly functionName: string,
    private readonly level: LogLevel,
    private readonly print: (line: string) => void,
    private readonly now: () => number,
  ) {}

  decided(decision: Decision, fields: LogFields): void {
    const level = LEVELS[decision];
    if (SEVERITIES[level] < SEVERITIES[this.level]) return;
    this.print(JSON.stringify({ level, message: decision, timestamp: new Date(this.now()).toISOString(), ...fields }));
  }

  measured(metrics: Partial<Record<MetricName, number>>): void {
    for (const [name, value] of Object.entries(metrics) as [MetricName, number][])
      this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
  }

  /** One line for the whole invocation; call it at the end. */
  flush(): void {
    if (this.#values.size === 0) return;
    const names = [...this.#values.keys()];
    const definition = {
      Namespace: METRIC_NAMESPACE,
      Dimensions: [[METRIC_DIMENSION]],
      Metrics: names.map((name) => ({ Name: name, Unit: METRICS[name] })),
    };
    this.print(
      JSON.stringify({
        _aws: { Timestamp: this.now(), CloudWatchMetrics: [definition] },
        [METRIC_DIMENSION]: this.functionName,
        ...Object.fromEntries(this.#values),
      }),
    );
    this.#values.clear();
  }
}
