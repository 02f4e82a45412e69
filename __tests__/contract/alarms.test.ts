import { ALARMS, alarmsOf } from "../../contract/alarms";
import { EXISTING_METRICS, signatureOf } from "../../contract/metrics";
import { resourceNames } from "../../contract/names";

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const LONGEST_DESCRIPTION = 1024;

const TRIGGERS = ["lambda", "queue"] as const;
const all = TRIGGERS.flatMap((trigger) => alarmsOf(trigger).map((alarm) => [alarm.id, trigger, alarm] as const));

describe.each(all)("%s with the trigger %s", (_, __, alarm) => {
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
