import { AlarmBoard } from "../../../../console/server/metrics/alarm-board";
import { MetricHistory } from "../../../../console/server/metrics/metric-history";
import { ALARMS } from "../../../../contract/alarms";
import { METRIC_NAMESPACE, resourceNames } from "../../../../contract/names";
import { DEFAULT_SETTINGS } from "../../../../contract/read-settings";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const dimensions = { FunctionName: "image-processor-local" };
const sample = (name: string, value: number, timestampMs: number) => ({
  namespace: METRIC_NAMESPACE,
  name,
  dimensions,
  timestampMs,
  value,
});

describe("MetricHistory", () => {
  test("sums what became of images in each minute, and ranks their times", () => {
    const history = new MetricHistory();
    const times = [10, 20, 30, 400];
    history.add(times.map((time) => sample("ProcessingTime", time, NOW)));
    history.add(times.map(() => sample("ImagesCompleted", 1, NOW)));
    history.add([sample("ImagesRetried", 1, NOW - 60_000), sample("ImagesCompleted", 1, NOW - 3 * 60_000)]);
    const none = { completed: 0, rejected: 0, retried: 0, failed: 0 };
    const minute = Math.floor(NOW / 60_000) * 60_000;
    expect(history.minutes(3, NOW)).toEqual([
      { ...none, at: minute - 120_000 },
      { ...none, at: minute - 60_000, retried: 1 },
      { ...none, at: minute, completed: 4, p50: 20, p95: 400 },
    ]);
  });

  test("forgets the oldest when there are too many", () => {
    const history = new MetricHistory();
    const at = Date.now();
    for (let round = 0; round < 20; round += 1)
      history.add(Array.from({ length: 10_000 }, () => sample("ImagesCompleted", round, at)));
    const kept = history.since(0);
    expect(kept.length).toBeLessThanOrEqual(150_000);
    expect(kept.at(-1)?.value).toBe(19);
  });

  test("takes metrics and reports of functions, and nothing else that they print", () => {
    const history = new MetricHistory();
    const line = { kind: "line", functionName: "image-processor-local", requestId: "r" } as const;
    history.logged({ ...line, text: '{"message":"completed"}' });
    history.logged({ ...line, text: "{ broken" });
    expect(history.since(0)).toEqual([]);
    const outcome = { kind: "result", payload: "null" } as const;
    const invocation = { requestId: "r", outcome, durationMs: 12, maxMemoryUsedMb: 80 };
    history.logged({ kind: "report", functionName: "image-processor-local", invocation });
    expect(history.since(0).map(({ name, value }) => [name, value])).toEqual([
      ["Invocations", 1],
      ["Errors", 0],
      ["Duration", 12],
    ]);
  });
});

describe("AlarmBoard", () => {
  const board = new AlarmBoard({
    suffix: "local",
    uploadTrigger: "lambda",
    resources: resourceNames("local"),
    limits: DEFAULT_SETTINGS,
    timeScale: 0.1,
  });

  test("shows every alarm that is deployed, under its name", () => {
    const names = board.evaluate([], NOW).map(({ name }) => name);
    expect(names).toContain("image-processor-high-error-rate-local");
    expect(names.length).toBeGreaterThan(0);
    expect(names.length).toBeLessThanOrEqual(ALARMS.length);
  });

  test("sets an alarm off while its metric breaches, in periods that the time scale shortens", () => {
    const error = { ...sample("Errors", 10, NOW), namespace: "AWS/Lambda" };
    const stateWith = (...ages: readonly number[]) => {
      const samples = ages.map((age) => ({ ...error, timestampMs: NOW - age }));
      return board.evaluate(samples, NOW).find(({ id }) => id === "high-error-rate")?.state;
    };
    expect(stateWith(0)).toBe("OK");
    expect(stateWith(0, 30_000)).toBe("ALARM");
    expect(stateWith(0, 70_000)).toBe("OK");
  });
});
