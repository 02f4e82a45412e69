import fc from "fast-check";
import { evaluateAlarm } from "../../../../console/server/metrics/alarm-board";
import {
  embeddedMetrics,
  invocationMetrics,
  type MetricSample,
} from "../../../../console/server/metrics/metric-history";
import { ALARMS, type AlarmDefinition } from "../../../../contract/alarms";
import { resourceNames } from "../../../../contract/names";
import { DEFAULT_SETTINGS } from "../../../../contract/read-settings";

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const PERIOD_MS = 300_000;
const resources = resourceNames("dev");

function alarmOf(id: string): AlarmDefinition {
  const found = ALARMS.find((alarm) => alarm.id === id);
  if (!found) throw new Error(`${id} must be an alarm`);
  return found;
}

/** Values of what the alarm watches, `periodsAgo` periods before the newest one. */
const samples = (alarm: AlarmDefinition, values: readonly number[], periodsAgo = 0): readonly MetricSample[] =>
  values.map((value) => ({
    ...alarm.watches.metric(resources),
    value,
    timestampMs: AT_MS - periodsAgo * PERIOD_MS - 1,
  }));

const evaluate = (alarm: AlarmDefinition, measured: readonly MetricSample[]) =>
  evaluateAlarm(alarm, measured, { resources, limits: DEFAULT_SETTINGS, atMs: AT_MS });

describe("evaluateAlarm", () => {
  const errors = alarmOf("high-error-rate");

  test("needs every period in a row", () => {
    const once = samples(errors, [6, 4]);
    const twice = [...once, ...samples(errors, [10], 1)];
    expect(evaluate(errors, once)).toEqual({ state: "OK", threshold: 10, values: [undefined, 10] });
    expect(evaluate(errors, twice)).toEqual({ state: "ALARM", threshold: 10, values: [10, 10] });
    expect(evaluate(errors, [...samples(errors, [99], 1), ...samples(errors, [9])]).state).toBe("OK");
  });

  test("takes silence for well-being", () => {
    for (const alarm of ALARMS) expect(evaluate(alarm, []).state).toBe("OK");
  });

  test("looks at exactly its dimensions", () => {
    const strange = samples(errors, [99]).flatMap((sample) => [
      { ...sample, dimensions: { FunctionName: resources.failureRecorder } },
      { ...sample, dimensions: { ...sample.dimensions, Resource: "live" } },
      { ...sample, dimensions: {} },
      { ...sample, namespace: "ImagePipeline" },
    ]);
    expect(evaluate(alarmOf("high-error-rate"), strange).values).toEqual([undefined, undefined]);
  });

  test("takes the nearest rank for a percentile", () => {
    const near = alarmOf("duration-near-limit");
    const values = Array.from({ length: 100 }, (_, index) => (index + 1) * 100);
    expect(evaluate(near, samples(near, values)).values.at(-1)).toBe(9500);
    expect(evaluate(near, samples(near, [27_000])).values.at(-1)).toBe(27_000);
  });

  test("judges a share only of enough images", () => {
    const rejected = alarmOf("rejected-rate");
    const images = (good: number, bad: number) => [...Array<number>(good).fill(0), ...Array<number>(bad).fill(1)];
    const both = (values: readonly number[]) => [...samples(rejected, values), ...samples(rejected, values, 1)];
    expect(evaluate(rejected, both(images(15, 5)))).toMatchObject({ state: "ALARM", values: [25, 25] });
    expect(evaluate(rejected, both(images(16, 4)))).toMatchObject({ state: "OK", values: [20, 20] });
    expect(evaluate(rejected, both(images(0, 19)))).toMatchObject({ state: "OK", values: [0, 0] });
  });

  test("scales its periods with the time", () => {
    const context = { resources, limits: DEFAULT_SETTINGS, atMs: AT_MS, periodMs: 3000 };
    const measured = [
      { ...samples(errors, [10])[0], timestampMs: AT_MS },
      { ...samples(errors, [10])[0], timestampMs: AT_MS - 3000 },
    ] as readonly MetricSample[];
    expect(evaluateAlarm(errors, measured, context).state).toBe("ALARM");
  });

  test("is at most as alarmed when a value is taken away, for sums", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1 }), fc.array(fc.nat(20)), (newer, older) => {
        const all = [...samples(errors, newer), ...samples(errors, older, 1)];
        if (evaluate(errors, all.slice(1)).state === "ALARM") expect(evaluate(errors, all).state).toBe("ALARM");
      }),
    );
  });
});

describe("what is measured", () => {
  test("comes out of the embedded format, value by value", () => {
    const line = JSON.stringify({
      _aws: {
        Timestamp: AT_MS,
        CloudWatchMetrics: [
          {
            Namespace: "ImagePipeline",
            Dimensions: [["FunctionName"]],
            Metrics: [
              { Name: "ImagesRejected", Unit: "Count" },
              { Name: "BytesIn", Unit: "Bytes" },
            ],
          },
        ],
      },
      FunctionName: "image-processor-dev",
      ImagesRejected: [0, 1],
      BytesIn: 7,
    });
    const common = {
      namespace: "ImagePipeline",
      dimensions: { FunctionName: "image-processor-dev" },
      timestampMs: AT_MS,
    };
    expect(embeddedMetrics(line)).toEqual([
      { ...common, name: "ImagesRejected", value: 0 },
      { ...common, name: "ImagesRejected", value: 1 },
      { ...common, name: "BytesIn", value: 7 },
    ]);
  });

  test.each(["", "hello", "{broken", '{"message":"completed"}'])("is nothing in %j", (line) => {
    expect(embeddedMetrics(line)).toEqual([]);
  });

  test("of an invocation is what Lambda counts", () => {
    const measured = invocationMetrics("f", { failed: true, durationMs: 12 }, AT_MS);
    expect(measured.map(({ name, value }) => [name, value])).toEqual([
      ["Invocations", 1],
      ["Errors", 1],
      ["Duration", 12],
    ]);
  });
});
