import type { Metric } from "../../../contract/metrics";
import { METRIC_NAMESPACE, type MetricName } from "../../../contract/names";
import type { FunctionLog } from "../observed-system";
import type { MinuteOfImages } from "../wire";

/** One measured value, before CloudWatch makes statistics of it. */
export interface MetricSample extends Metric {
  /** Epoch ms. */
  readonly timestampMs: number;
  readonly value: number;
}

interface EmbeddedDirective {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

/**
 * The values in one line that a function printed: none unless it is in CloudWatch's embedded metric format. Each metric counts
 * once for each of its sets of dimensions.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(line: string): readonly MetricSample[] {
  const fields = line.startsWith("{") ? parse(line) : undefined;
  const metadata = fields?._aws as { Timestamp: number; CloudWatchMetrics: readonly EmbeddedDirective[] } | undefined;
  if (!fields || !metadata) return [];
  return metadata.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, String(fields[name])]));
      return Metrics.flatMap(({ Name }) =>
        [fields[Name]].flat().map((value) => ({
          namespace: Namespace,
          name: Name,
          dimensions,
          timestampMs: metadata.Timestamp,
          value: Number(value),
        })),
      );
    }),
  );
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What Lambda itself counts for one invocation that ended. */
export function invocationMetrics(
  functionName: string,
  { failed, durationMs }: { readonly failed: boolean; readonly durationMs: number },
  timestampMs: number,
): readonly MetricSample[] {
  const sample = (name: string, value: number): MetricSample => ({
    namespace: "AWS/Lambda",
    name,
    dimensions: { FunctionName: functionName },
    timestampMs,
    value,
  });
  return [sample("Invocations", 1), sample("Errors", failed ? 1 : 0), sample("Duration", durationMs)];
}

const MINUTE_MS = 60_000;
const KEPT_MS = 60 * MINUTE_MS;
/** Ten thousand images with all that they emit. */
const MAX_SAMPLES = 150_000;
/** Forgetting is done in steps, or every new sample would move all others. */
const FORGOTTEN_AT_ONCE = 10_000;

/** What the functions and services measured of late, kept in memory and bounded. */
export class MetricHistory {
  #samples: MetricSample[] = [];

  add(samples: readonly MetricSample[]): void {
    this.#samples.push(...samples);
    if (this.#samples.length > MAX_SAMPLES) this.#samples = this.#samples.slice(FORGOTTEN_AT_ONCE);
  }

  logged(log: FunctionLog): void {
    this.add(log.kind === "line" ? embeddedMetrics(log.text) : reportMetrics(log));
  }

  /** Of the last hour. */
  since(fromMs: number): readonly MetricSample[] {
    const kept = Math.max(fromMs, Date.now() - KEPT_MS);
    return this.#samples.filter(({ timestampMs }) => timestampMs >= kept);
  }

  /** So many minutes up to the one that holds `nowMs`, oldest first. */
  minutes(count: number, nowMs: number): readonly MinuteOfImages[] {
    const last = Math.floor(nowMs / MINUTE_MS);
    const minutes = Array.from({ length: count }, (_, index) => new Minute((last - count + 1 + index) * MINUTE_MS));
    for (const sample of this.#samples) {
      if (sample.namespace !== METRIC_NAMESPACE) continue;
      minutes[Math.floor(sample.timestampMs / MINUTE_MS) - last + count - 1]?.add(sample);
    }
    return minutes.map((minute) => minute.summary());
  }
}

class Minute {
  readonly #sums = new Map<string, number>();
  readonly #times: number[] = [];

  constructor(private readonly at: number) {}

  add({ name, value }: MetricSample): void {
    this.#sums.set(name, this.#sum(name) + value);
    if (name === ("ProcessingTime" satisfies MetricName)) this.#times.push(value);
  }

  summary(): MinuteOfImages {
    const times = this.#times;
    return {
      at: this.at,
      completed: this.#sum("ImagesCompleted" satisfies MetricName),
      rejected: this.#sum("ImagesRejected" satisfies MetricName),
      retried: this.#sum("ImagesRetried" satisfies MetricName),
      failed: this.#sum("ImagesFailed" satisfies MetricName),
      ...(times.length > 0 && { p50: nearestRank(times, 0.5), p95: nearestRank(times, 0.95) }),
    };
  }

  #sum(name: string): number {
    return this.#sums.get(name) ?? 0;
  }
}

/** The percentile as CloudWatch counts it. @param values at least one */
export function nearestRank(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

function reportMetrics({
  functionName,
  invocation,
}: Extract<FunctionLog, { kind: "report" }>): readonly MetricSample[] {
  const { outcome, durationMs } = invocation;
  return invocationMetrics(functionName, { failed: outcome.kind === "error", durationMs }, Date.now());
}
