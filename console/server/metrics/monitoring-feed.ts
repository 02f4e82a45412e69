import { queueMetric, throttledUpdates } from "../../../contract/metrics";
import { resourceNames, slowestOf } from "../../../contract/names";
import type { EventStream } from "../event-stream";
import type { ObservedSettings, ObservedSystem } from "../observed-system";
import type { MetricsSnapshot } from "../wire";
import { AlarmBoard } from "./alarm-board";
import type { MetricHistory } from "./metric-history";

const INTERVAL_MS = 1000;
/** The queue's own metrics are sampled so often within a period of the alarms. */
const QUEUE_SAMPLES_PER_PERIOD = 20;
const MINUTES_SHOWN = 30;
const SUFFIX = "local";

export interface MonitoringFeedOptions {
  readonly system: Pick<ObservedSystem, "deadLetterQueue" | "faults">;
  readonly metrics: MetricHistory;
  readonly stream: EventStream;
  readonly settings: ObservedSettings;
  readonly timeScale: number;
  readonly onTrouble: (sentence: string) => void;
}

/** Measures what the services would, and tells the page of charts, alarms and the number of dead letters. */
export class MonitoringFeed {
  readonly #options: MonitoringFeedOptions;
  readonly #board: AlarmBoard;
  readonly #resources = resourceNames(SUFFIX);
  readonly #timer: NodeJS.Timeout;
  #waiting = 0;
  #queueSampledAt = 0;
  #told = "";

  private constructor(options: MonitoringFeedOptions, waiting: number) {
    const { settings, timeScale, system, metrics } = options;
    this.#options = options;
    this.#waiting = waiting;
    this.#board = new AlarmBoard({
      suffix: SUFFIX,
      uploadTrigger: slowestOf(settings.UPLOAD_TRIGGER),
      resources: this.#resources,
      limits: { ...settings, LAMBDA_TIMEOUT_S: settings.LAMBDA_TIMEOUT_S * timeScale },
      timeScale,
    });
    system.faults.onStrike = (fault) => {
      if (fault !== "dynamodb_throttled") return;
      metrics.add([{ ...throttledUpdates(this.#resources), timestampMs: Date.now(), value: 1 }]);
    };
    this.#timer = setInterval(() => {
      this.#look().catch((error: Error) => options.onTrouble(`The queue could not be read: ${error.message}`));
    }, INTERVAL_MS);
  }

  static async start(options: MonitoringFeedOptions): Promise<MonitoringFeed> {
    return new MonitoringFeed(options, await options.system.deadLetterQueue.count());
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** For a page that begins to listen. */
  get snapshot(): MetricsSnapshot {
    const { metrics } = this.#options;
    const now = Date.now();
    return {
      periodSeconds: this.#board.periodMs / 1000,
      minutes: metrics.minutes(MINUTES_SHOWN, now),
      alarms: this.#board.evaluate(metrics.since(now - this.#board.reachMs), now),
    };
  }

  get waiting(): number {
    return this.#waiting;
  }

  async #look(): Promise<void> {
    const { stream } = this.#options;
    await this.#lookAtQueue();
    if (!stream.watched) return;
    const { snapshot } = this;
    const text = JSON.stringify(snapshot);
    if (text === this.#told) return;
    this.#told = text;
    stream.send("metrics", snapshot);
  }

  async #lookAtQueue(): Promise<void> {
    const { system, metrics, stream } = this.#options;
    const now = Date.now();
    const waiting = await system.deadLetterQueue.count();
    const arrived = waiting - this.#waiting;
    if (arrived !== 0) {
      this.#waiting = waiting;
      stream.send("queue", { waiting });
    }
    // Lambda counts an event as dropped when it hands it to the dead letter queue.
    if (arrived > 0) metrics.add([this.#ofProcessor("AsyncEventsDropped", arrived, now)]);
    if (waiting === 0 || now - this.#queueSampledAt < this.#board.periodMs / QUEUE_SAMPLES_PER_PERIOD) return;
    this.#queueSampledAt = now;
    const [oldest] = await system.deadLetterQueue.list();
    const ofQueue = (name: "ApproximateNumberOfMessagesVisible" | "ApproximateAgeOfOldestMessage", value: number) => ({
      ...queueMetric("deadLetterQueue", name)(this.#resources),
      timestampMs: now,
      value,
    });
    metrics.add([
      ofQueue("ApproximateNumberOfMessagesVisible", waiting),
      ofQueue("ApproximateAgeOfOldestMessage", (now - (oldest?.sentAt ?? now)) / 1000),
    ]);
  }

  #ofProcessor(name: string, value: number, timestampMs: number) {
    const dimensions = { FunctionName: this.#resources.imageProcessor };
    return { namespace: "AWS/Lambda", name, dimensions, timestampMs, value };
  }
}
