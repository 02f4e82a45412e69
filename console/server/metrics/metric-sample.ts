import type { Metric } from "../../../contract/metrics";

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
