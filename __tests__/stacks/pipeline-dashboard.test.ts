import { alarmsOf } from "../../contract/alarms";
import { EXISTING_METRICS } from "../../contract/metrics";
import { savedQueriesOf } from "../../contract/saved-queries";
import { ACCOUNT_ID, synthesizedStack } from "../support/synthesized-stack";

const ALARMS = alarmsOf("lambda");

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly query?: string;
    readonly alarms?: readonly string[];
  };
}

const widgets = (environment = {}): readonly Widget[] =>
  JSON.parse(String(synthesizedStack(environment).at("pipeline-dashboard/dashboard").values.dashboard_body)).widgets;
const titled = (title: string): Widget => {
  const found = widgets().find((widget) => widget.properties.title === title);
  if (!found) throw new Error(`the dashboard must have a widget ${title}`);
  return found;
};

/** `namespace name Dimension,Dimension` of every line that is no expression, and the values of the dimensions. */
const lines = (environment = {}) =>
  widgets(environment).flatMap(({ properties }) =>
    (properties.metrics ?? []).flatMap((line) => {
      const [namespace, name, ...rest] = line.filter((part) => typeof part === "string") as string[];
      if (namespace === undefined) return [];
      const dimensions = rest.filter((_, index) => index % 2 === 0);
      return [
        { signature: `${namespace} ${name} ${dimensions.join(",")}`, values: rest.filter((_, i) => i % 2 === 1) },
      ];
    }),
  );

describe("the dashboard", () => {
  test.each(["lambda", "queue"])("shows only metrics that exist, under their exact dimensions: %s", (trigger) => {
    const environment = { UPLOAD_TRIGGER: trigger };
    const names = [
      "image-processor-dev",
      "image-failure-recorder-dev",
      "image-processor-dlq-dev",
      "image-metadata-dev",
    ];
    if (trigger === "queue") names.push("image-uploads-dev", "image-uploads-failed-dev");
    const others = ["UpdateItem", "StatusIndex", "UserIndex"];
    expect(lines(environment).length).toBeGreaterThan(20);
    for (const { signature, values } of lines(environment)) {
      expect(EXISTING_METRICS).toContain(signature);
      for (const value of values) expect([...names, ...others]).toContain(value);
    }
  });

  test("has no widget over another, and none wider than the page", () => {
    const places = widgets().map(({ x, y }) => `${x},${y}`);
    expect(new Set(places).size).toBe(places.length);
    for (const { x, y, width, height } of widgets()) {
      expect([x % 12, y % 6, width, height]).toEqual([0, 0, 12, 6]);
      expect(x + width).toBeLessThanOrEqual(24);
    }
  });

  test("multiplies time by memory for what Lambda costs", () => {
    const expression = (environment: Record<string, string>) =>
      /busy \/ 1000 \* [\d.]+/.exec(
        String(synthesizedStack(environment).at("pipeline-dashboard/dashboard").values.dashboard_body),
      )?.[0];
    expect(expression({ LAMBDA_MEMORY_MB: "1024" })).toBe("busy / 1000 * 1");
    expect(expression({ LAMBDA_MEMORY_MB: "1536" })).toBe("busy / 1000 * 1.5");
    const ids = titled("What costs money").properties.metrics?.flatMap((line) => line.filter((part) => isNamed(part)));
    expect(ids).toEqual([{ id: "busy", visible: false, stat: "Sum" }]);
  });

  test("shows the state of every alarm", () => {
    const arn = (name: string) => `arn:aws:cloudwatch:us-east-1:${ACCOUNT_ID}:alarm:${name}`;
    expect(titled("Alarms").properties.alarms).toEqual([
      arn("image-pipeline-unhealthy-dev"),
      ...ALARMS.map(({ name }) => arn(name("dev"))),
    ]);
  });

  test("asks the logs of both functions for the reasons of failure", () => {
    expect(titled("Reasons of failure").properties.query).toMatch(
      /^SOURCE '\/aws\/lambda\/image-processor-dev'\n\| SOURCE '\/aws\/lambda\/image-failure-recorder-dev'\n\| filter /,
    );
  });
});

const isNamed = (part: unknown): boolean => typeof part === "object" && part !== null && "id" in part;

describe("the saved queries", () => {
  test.each(["lambda", "queue"] as const)("are one for each alarm, and the dashboard's: %s", (trigger) => {
    expect(
      savedQueriesOf(trigger)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...alarmsOf(trigger).map(({ id }) => id), "reasons"].sort());
  });

  test("lie in a folder of the environment, over the logs of the functions that they ask", () => {
    const qa = synthesizedStack({ ENVIRONMENT_SUFFIX: "qa" });
    expect(qa.ofType("aws_cloudwatch_query_definition")).toHaveLength(savedQueriesOf("lambda").length);
    expect(qa.at("saved-log-queries/table-throttles").values).toEqual({
      name: "image-pipeline-qa/table-throttles",
      log_group_names: ["/aws/lambda/image-processor-qa", "/aws/lambda/image-failure-recorder-qa"],
      query_string:
        'filter reason = "dynamodb_error"\n| stats count(*) as attempts, latest(detail) as example by bin(5m)',
    });
  });
});
