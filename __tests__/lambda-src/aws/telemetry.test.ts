import { METRICS, type MetricName } from "../../../contract/names";
import { LOG_LEVELS, type LogLevel } from "../../../contract/processing-settings";
import { CloudWatchTelemetry } from "../../../lambda-src/aws/telemetry";
import type { Decision } from "../../../lambda-src/records/ports";

const DECISIONS: Readonly<Record<Decision, LogLevel>> = {
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

/** Powertools writes to the process's own streams, warnings and errors to the second; Lambda keeps both. */
function telemetryAt(level: LogLevel) {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    const write = jest.spyOn(stream, "write").mockImplementation((text) => {
      lines.push(...String(text).split("\n").filter(Boolean));
      return true;
    });
    releases.push(() => write.mockRestore());
  }
  const telemetry = new CloudWatchTelemetry("image-processor-dev", level);
  return { telemetry, lines, parsed: () => lines.map((line) => JSON.parse(line)) };
}

const releases: (() => void)[] = [];
afterEach(() => {
  for (const release of releases.splice(0)) release();
});

describe("decisions", () => {
  test("are one line of JSON each", () => {
    const { telemetry, lines, parsed } = telemetryAt("INFO");
    telemetry.decided("image_rejected", { imageId: "a", detail: "two\nlines", attempt: 2 });
    expect(lines).toHaveLength(1);
    const [line] = parsed();
    expect(line).toMatchObject({
      level: "WARN",
      message: "image_rejected",
      service: "image-processor-dev",
      imageId: "a",
      detail: "two\nlines",
      attempt: 2,
    });
    expect(new Date(line.timestamp).toISOString()).toBe(line.timestamp);
  });

  test("have no undefined fields", () => {
    const { telemetry, parsed } = telemetryAt("INFO");
    telemetry.decided("retryable", { imageId: "a", attempt: undefined });
    expect(parsed()[0]).not.toHaveProperty("attempt");
  });

  test.each(LOG_LEVELS)("below level %s are left out", (level) => {
    const { telemetry, parsed } = telemetryAt(level);
    for (const decision of Object.keys(DECISIONS) as Decision[]) telemetry.decided(decision, {});
    const atLeast = LOG_LEVELS.slice(LOG_LEVELS.indexOf(level));
    const expected = Object.entries(DECISIONS).filter(([, of]) => atLeast.includes(of));
    expect(parsed().map(({ message, level: of }) => [message, of])).toEqual(expected);
  });
});

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
describe("metrics in the embedded metric format", () => {
  test("are one line per invocation, whatever the log level", () => {
    const { telemetry, parsed } = telemetryAt("ERROR");
    telemetry.measured({ DecodeTime: 12, BytesIn: 5 });
    telemetry.measured({ ImagesCompleted: 1 });
    telemetry.measured({ DecodeTime: 30, ImagesCompleted: 1 });
    telemetry.flush();
    expect(parsed()).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: "ImagePipeline",
              Dimensions: [["FunctionName"]],
              Metrics: [
                { Name: "DecodeTime", Unit: "Milliseconds" },
                { Name: "BytesIn", Unit: "Bytes" },
                { Name: "ImagesCompleted", Unit: "Count" },
              ],
            },
          ],
        },
        FunctionName: "image-processor-dev",
        DecodeTime: [12, 30],
        BytesIn: 5,
        ImagesCompleted: [1, 1],
      },
    ]);
  });

  test("are complete: each named metric and dimension is a member of the line", () => {
    const { telemetry, parsed } = telemetryAt("INFO");
    for (const name of Object.keys(METRICS) as MetricName[]) telemetry.measured({ [name]: 1 });
    telemetry.flush();
    const [line] = parsed();
    const [{ Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
    expect(Metrics).toEqual(Object.entries(METRICS).map(([Name, Unit]) => ({ Name, Unit })));
    for (const { Name } of Metrics) expect(line[Name]).toBe(1);
    for (const name of Dimensions.flat()) expect(typeof line[name]).toBe("string");
  });

  test("are no line when nothing was measured, nor twice", () => {
    const { telemetry, lines } = telemetryAt("INFO");
    telemetry.flush();
    expect(lines).toEqual([]);
    telemetry.measured({ ImagesCompleted: 1 });
    telemetry.flush();
    telemetry.flush();
    expect(lines).toHaveLength(1);
  });
});
