import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS, type MetricName } from "../../contract/names";
import type { LogLevel } from "../../contract/processing-settings";
import type { Decision, LogFields, Telemetry } from "../records/ports";

const WRITERS: Readonly<Record<Decision, "info" | "warn" | "error">> = {
  completed: "info",
  image_rejected: "warn",
  retryable: "warn",
  duplicate_skipped: "info",
  in_progress: "info",
  fenced: "warn",
  ignored: "info",
  malformed_event: "error",
  recorded_failed: "error",
  recorder_noop: "info",
};

/**
 * Decisions as JSON lines and metrics in CloudWatch's embedded metric format, both on standard output: no client, no
 * permission and no request of its own. One for the life of a container.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class CloudWatchTelemetry implements Telemetry {
  readonly #logger: Logger;
  readonly #metrics = new Metrics({ namespace: METRIC_NAMESPACE });

  constructor(functionName: string, level: LogLevel) {
    this.#logger = new Logger({ serviceName: functionName, logLevel: level });
    // Powertools adds a dimension `service` by itself; alarms and dashboard know one dimension only.
    this.#metrics.clearDefaultDimensions();
    this.#metrics.setDefaultDimensions({ [METRIC_DIMENSION]: functionName });
  }

  decided(decision: Decision, fields: LogFields): void {
    this.#logger[WRITERS[decision]](decision, { ...fields });
  }

  measured(metrics: Partial<Record<MetricName, number>>): void {
    for (const [name, value] of Object.entries(metrics) as [MetricName, number][])
      this.#metrics.addMetric(name, METRICS[name], value);
  }

  /** One line for the whole invocation; call it at the end. */
  flush(): void {
    if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
  }
}
