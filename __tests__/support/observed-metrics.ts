import type { WatchedFunction } from "../../checks/faults/watched-function";
import type { WatchedPipeline } from "../../checks/faults/watched-pipeline";
import { embeddedMetrics, invocationMetrics, type MetricSample } from "../../console/server/metrics/metric-history";
import { throttledUpdates, type WatchedResources } from "../../contract/metrics";

/** All that CloudWatch would have measured, as if at one moment. */
export async function observedMetrics(
  pipeline: WatchedPipeline,
  resources: WatchedResources,
): Promise<readonly MetricSample[]> {
  const { processor, recorder } = pipeline;
  const letters = (await pipeline.deadLetterQueue.count()) - (await pipeline.recorderDeadLetters()).length;
  const processorName = { FunctionName: resources.imageProcessor };
  const queueName = { QueueName: resources.deadLetterQueue };
  return [
    ...functionMetrics(processor, resources.imageProcessor),
    ...functionMetrics(recorder, resources.failureRecorder),
    // Lambda counts an event as dropped when it hands it to the dead letter queue itself.
    sample("AWS/Lambda", "AsyncEventsDropped", processorName, letters),
    sample("AWS/SQS", "ApproximateNumberOfMessagesVisible", queueName, letters),
    ...refusedUpdates(processor).map(() => ({ ...throttledUpdates(resources), timestampMs: 0, value: 1 })),
  ];
}

export const sample = (
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
  value: number,
): MetricSample => ({ namespace, name, dimensions, timestampMs: 0, value });

const functionMetrics = (lambda: WatchedFunction, name: string): readonly MetricSample[] => [
  ...lambda.lines.flatMap(embeddedMetrics),
  ...lambda.invocations.flatMap(({ outcome, durationMs }) =>
    invocationMetrics(name, { failed: outcome.kind === "error", durationMs }, 0),
  ),
];

const refusedUpdates = ({ calls }: WatchedFunction) =>
  calls.filter(({ operation, fault }) => operation === "UpdateItem" && fault === "answer");
