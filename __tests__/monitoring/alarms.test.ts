import { resourceNames } from "../../lambda-src/contract";
import { ALARMS } from "../../monitoring/alarms";
import { EXISTING_METRICS, signatureOf } from "../../monitoring/metrics";

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const LONGEST_DESCRIPTION = 1024;

describe.each(ALARMS.map((alarm) => [alarm.id, alarm] as const))("%s", (_, alarm) => {
  test("watches a metric that exists, under its exact dimensions", () => {
    expect(EXISTING_METRICS).toContain(signatureOf(alarm.watches.metric(resourceNames("dev"))));
  });

  test("says what it means and the first thing to do", () => {
    expect(alarm.description).toMatch(/^[A-Z].*\. First: .*\.$/);
    expect(alarm.description.length).toBeLessThan(LONGEST_DESCRIPTION);
  });
});

test("every alarm has an id and a name of its own", () => {
  expect(new Set(ALARMS.map(({ id }) => id)).size).toBe(ALARMS.length);
  expect(new Set(ALARMS.map(({ name }) => name("dev"))).size).toBe(ALARMS.length);
});
