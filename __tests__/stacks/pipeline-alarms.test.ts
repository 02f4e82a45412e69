import { alarmsOf } from "../../contract/alarms";
import { ACCOUNT_ID, synthesizedStack } from "../support/synthesized-stack";

const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT_ID}:image-pipeline-alarms-dev`;
const ALARMS = alarmsOf("lambda");
const alarm = (id: string, environment = {}) => synthesizedStack(environment).at(`pipeline-alarms/${id}`).values;

describe("the alarms of the stack", () => {
  test("are those of the definitions, with their descriptions", () => {
    const deployed = synthesizedStack().ofType("aws_cloudwatch_metric_alarm");
    expect(deployed).toHaveLength(ALARMS.length);
    for (const { id, name, description } of ALARMS)
      expect(alarm(id)).toMatchObject({ alarm_name: name("dev"), alarm_description: description });
  });

  test("watch one metric under its exact dimensions", () => {
    expect(alarm("table-throttles")).toMatchObject({
      namespace: "AWS/DynamoDB",
      metric_name: "ThrottledRequests",
      dimensions: { TableName: "image-metadata-dev", Operation: "UpdateItem" },
      period: 300,
      statistic: "Sum",
      threshold: 10,
      comparison_operator: "GreaterThanOrEqualToThreshold",
    });
    expect(alarm("dead-letter-age")).toMatchObject({
      namespace: "AWS/SQS",
      dimensions: { QueueName: "image-processor-dlq-dev" },
      statistic: "Maximum",
      threshold: 72 * 3600,
    });
  });

  test("take a percentile as an extended statistic", () => {
    expect(alarm("duration-near-limit")).toMatchObject({ extended_statistic: "p95", threshold: 27_000 });
    expect(alarm("duration-near-limit")).not.toHaveProperty("statistic");
  });

  test("take a percentage as an expression over average and count", () => {
    const metric = {
      namespace: "ImagePipeline",
      metric_name: "ImagesRejected",
      dimensions: { FunctionName: "image-processor-dev" },
      period: 300,
    };
    expect(alarm("rejected-rate")).toMatchObject({
      threshold: 25,
      metric_query: [
        {
          id: "percentage",
          expression: "IF(images >= 20, 100 * share, 0)",
          label: "ImagesRejected in percent",
          return_data: true,
        },
        { id: "share", metric: { ...metric, stat: "Average" } },
        { id: "images", metric: { ...metric, stat: "SampleCount" } },
      ],
    });
    expect(alarm("rejected-rate")).not.toHaveProperty("metric_name");
  });

  test.each([
    ["ALARM_ERRORS_PER_5_MIN", "3", "high-error-rate", 3],
    ["ALARM_THROTTLES_PER_5_MIN", "7", "throttles", 7],
    ["ALARM_EVENT_AGE_S", "600", "event-age", 600_000],
    ["ALARM_REJECTED_PERCENT", "40", "rejected-rate", 40],
    ["ALARM_P95_DURATION_PERCENT", "50", "duration-near-limit", 15_000],
    ["ALARM_DEAD_LETTERS_COUNT", "9", "dead-letters", 9],
    ["ALARM_DEAD_LETTER_AGE_HOURS", "2", "dead-letter-age", 7200],
    ["ALARM_TABLE_THROTTLES_PER_5_MIN", "4", "table-throttles", 4],
  ])("%s=%s is the threshold of %s", (name, text, id, threshold) => {
    const environment = { [name]: text };
    expect(alarm(id, environment).threshold).toBe(threshold);
    const others = ALARMS.filter((definition) => definition.id !== id).map((definition) => definition.id);
    for (const other of others) expect(alarm(other, environment)).toEqual(alarm(other));
  });
});

test("the alarm over all those that mean harm tells when it begins and when it is over", () => {
  const harmful = ALARMS.filter(({ unhealthy }) => unhealthy).map(({ name }) => `ALARM(${name("dev")})`);
  expect(alarm("pipeline-unhealthy")).toEqual({
    alarm_name: "image-pipeline-unhealthy-dev",
    alarm_description: expect.stringContaining("docs/runbook.md"),
    alarm_rule: harmful.join(" OR\n"),
    alarm_actions: [TOPIC],
    ok_actions: [TOPIC],
  });
});
