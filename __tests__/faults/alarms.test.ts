import type { FunctionFaults } from "../../checks/faults/watched-function";
import type { WatchedPipelineOptions } from "../../checks/faults/watched-pipeline";
import { evaluateAlarm } from "../../console/server/metrics/alarm-board";
import { invocationMetrics, type MetricSample } from "../../console/server/metrics/metric-history";
import { type AlarmLimits, alarmsOf } from "../../contract/alarms";
import { EXISTING_METRICS, signatureOf } from "../../contract/metrics";
import { resourceNames, type UploadTriggerKind } from "../../contract/names";
import { DEFAULT_SETTINGS } from "../../contract/read-settings";
import { queryText, SAVED_QUERIES } from "../../contract/saved-queries";
import type { Fault } from "../../local/faults/fault";
import { forever } from "../../local/faults/fault";
import type { WireCall } from "../../local/faults/wire-call";
import { photo, settled, upload, withPipeline } from "../support/fault-scenario";
import { observedMetrics, sample } from "../support/observed-metrics";
import { synthesizedStack } from "../support/synthesized-stack";
import { thoroughScenario, thoroughTest } from "../support/thorough";

jest.setTimeout(90_000);

const TIMEOUT_SECONDS = 30;
/** Of the function that is killed at its limit: nobody waits for that longer than needed. */
const SHORT_TIMEOUT_SECONDS = 3;
const PERIOD_MS = 300_000;
const AT_MS = Date.UTC(2026, 0, 2);
const resources = resourceNames("local");
const limitsOf = (timeoutSeconds: number): AlarmLimits => ({ ...DEFAULT_SETTINGS, LAMBDA_TIMEOUT_S: timeoutSeconds });

/** What one upload causes, as if so many came in each of four periods. */
const always = (measured: readonly MetricSample[], uploads: number): readonly MetricSample[] =>
  [0, 1, 2, 3].flatMap((period) =>
    Array.from({ length: uploads }, () =>
      measured.map((one) => ({ ...one, timestampMs: AT_MS - period * PERIOD_MS })),
    ).flat(),
  );

const alarmsOn = (
  measured: readonly MetricSample[],
  {
    uploads = 30,
    timeoutSeconds = TIMEOUT_SECONDS,
    trigger = "lambda",
  }: { uploads?: number; timeoutSeconds?: number; trigger?: UploadTriggerKind } = {},
): readonly string[] =>
  alarmsOf(trigger)
    .filter(
      (alarm) =>
        evaluateAlarm(alarm, always(measured, uploads), { resources, limits: limitsOf(timeoutSeconds), atMs: AT_MS })
          .state === "ALARM",
    )
    .map(({ id }) => id);

/** Everything that the real functions emit while one upload is done with. */
const measured = (options: Partial<WatchedPipelineOptions>, body: () => Promise<Buffer> = photo) =>
  withPipeline(options, async (pipeline) => {
    await upload(pipeline, await body());
    await settled(pipeline);
    for (const line of [...pipeline.processor.logs, ...pipeline.recorder.logs])
      for (const name of Object.keys(line)) loggedFields.add(name);
    return observedMetrics(pipeline, resources);
  });

const answering = (matches: (call: WireCall) => boolean, code: string, status = 400): FunctionFaults => ({
  onCall: (call): Fault | undefined => (matches(call) ? { kind: "answer", status, code } : undefined),
});
const isGet = ({ operation }: WireCall) => operation === "GetObject";
const isTable = ({ service }: WireCall) => service === "dynamodb";
const isClaim = ({ writes }: WireCall) => writes === "processing";

const GIVEN_UP = ["high-error-rate", "dropped-events", "dead-letters"];
const firing = new Set<string>();
const emitted = new Set<string>();
const loggedFields = new Set<string>();

describe("on what the functions emit, the alarms that go off", () => {
  const faults: readonly (readonly [string, () => Promise<readonly MetricSample[]>, readonly string[]])[] = [
    ["when all is well", () => measured({}), []],
    ["when S3 fails once and the retry completes", () => measured({ processor: onceOn(isGet) }), ["high-error-rate"]],
    ["when S3 refuses every original", () => measured({ processor: answering(isGet, "AccessDenied", 403) }), GIVEN_UP],
    [
      "when no upload is an image",
      () => measured({}, async () => Buffer.from("<!doctype html><title>404</title>")),
      ["rejected-rate"],
    ],
    [
      "when the table throttles the claims",
      () => measured({ processor: throttlingOnce() }),
      ["high-error-rate", "table-throttles"],
    ],
    [
      "when the table does not answer the recorder either",
      () =>
        measured({ processor: answering(isGet, "AccessDenied", 403), recorder: answering(isTable, "AccessDenied") }),
      [...GIVEN_UP, "failure-recorder-errors"],
    ],
  ];

  thoroughScenario.each(faults)("%s", async (_, measure, expected) => {
    const metrics = await measure();
    expect([...alarmsOn(metrics)].sort()).toEqual([...expected].sort());
    note(metrics, expected);
  });

  thoroughScenario("when S3 refuses every original of a queue", async () => {
    const metrics = await measured({ trigger: "queue", processor: answering(isGet, "AccessDenied", 403) });
    expect([...alarmsOn(metrics, { trigger: "queue" })].sort()).toEqual([...GIVEN_UP].sort());
    note(metrics, []);
  });

  thoroughScenario("when every attempt is killed at its time limit", async () => {
    const onCall = (call: WireCall): Fault | undefined => (isClaim(call) ? FREEZE(call) : undefined);
    const metrics = await measured({ processor: { onCall }, timeoutSeconds: SHORT_TIMEOUT_SECONDS });
    const expected = [...GIVEN_UP, "high-duration", "duration-near-limit"];
    expect([...alarmsOn(metrics, { timeoutSeconds: SHORT_TIMEOUT_SECONDS })].sort()).toEqual(expected.sort());
    note(metrics, expected);
  });
});

function note(metrics: readonly MetricSample[], expected: readonly string[]): void {
  for (const metric of metrics) {
    expect(EXISTING_METRICS).toContain(signatureOf(metric));
    emitted.add(`${metric.namespace} ${metric.name} ${Object.values(metric.dimensions).join(",")}`);
  }
  for (const id of expected) firing.add(id);
}

const onceOn = (matches: (call: WireCall) => boolean): FunctionFaults => ({
  onCall: (call, invocation) =>
    matches(call) && invocation === 1 ? { kind: "answer", status: 500, code: "InternalError" } : undefined,
});

const throttlingOnce = (): FunctionFaults => ({
  onCall: (call, invocation) =>
    isClaim(call) && invocation === 1
      ? { kind: "answer", status: 400, code: "ProvisionedThroughputExceededException" }
      : undefined,
});

/** The claim holds, and the process stands still. */
const FREEZE = ({ processId }: WireCall): Fault => ({
  kind: "holdReply",
  until: () => {
    if (processId === undefined) throw new Error("the request must name its process");
    process.kill(processId, "SIGSTOP");
    return forever();
  },
});

test.each([
  [
    "when uploads wait long in the queue",
    "uploadQueue",
    "ApproximateAgeOfOldestMessage",
    DEFAULT_SETTINGS.ALARM_EVENT_AGE_S,
    "event-age",
  ],
  ["when nobody records what failed", "failedQueue", "ApproximateNumberOfMessagesVisible", 1, "unrecorded-failures"],
] as const)("in queue mode, %s", (_, queue, name, value, id) => {
  const metrics = [sample("AWS/SQS", name, { QueueName: resources[queue] }, value)];
  expect(alarmsOn(metrics, { trigger: "queue" })).toEqual([id]);
  note(metrics, [id]);
});

describe("on what AWS alone emits, the alarms that go off", () => {
  const lambda = (name: string, value: number) =>
    sample("AWS/Lambda", name, { FunctionName: resources.imageProcessor }, value);
  const letters = (name: string, value: number) =>
    sample("AWS/SQS", name, { QueueName: resources.deadLetterQueue }, value);

  test.each([
    [
      "when uploads come faster than they may run",
      [lambda("Throttles", 4), lambda("AsyncEventAge", 60_000)],
      ["throttles"],
    ],
    ["when they wait long", [lambda("AsyncEventAge", DEFAULT_SETTINGS.ALARM_EVENT_AGE_S * 1000)], ["event-age"]],
    ["when the dead letter queue is gone", [lambda("DeadLetterErrors", 1)], ["dead-letter-errors"]],
    ["when the recorder cannot be called", [lambda("DestinationDeliveryFailures", 1)], ["destination-failures"]],
    [
      "when a dead letter waits for days",
      [letters("ApproximateAgeOfOldestMessage", DEFAULT_SETTINGS.ALARM_DEAD_LETTER_AGE_HOURS * 3600)],
      ["dead-letter-age"],
    ],
    [
      "when images take nearly the time limit, and complete",
      invocationMetrics(resources.imageProcessor, { failed: false, durationMs: 28_000 }, 0),
      ["high-duration", "duration-near-limit"],
    ],
  ])("%s", (_, metrics, expected) => {
    expect([...alarmsOn(metrics)].sort()).toEqual([...expected].sort());
    note(metrics, expected);
  });
});

thoroughTest("every alarm goes off in one of these", () => {
  expect([...firing].sort()).toEqual(
    alarmsOf("queue")
      .map(({ id }) => id)
      .sort(),
  );
});

thoroughTest(
  "the dashboard shows no metric of the functions that these did not emit, but for deliveries of what is done",
  () => {
    const body = JSON.parse(
      String(
        synthesizedStack({ ENVIRONMENT_SUFFIX: "local" }).at("pipeline-dashboard/dashboard").values.dashboard_body,
      ),
    );
    const shown: readonly string[] = body.widgets
      .flatMap((widget: { properties: { metrics?: readonly unknown[][] } }) => widget.properties.metrics ?? [])
      .filter(([namespace]: readonly unknown[]) => namespace === "ImagePipeline")
      .map(([namespace, name, , value]: readonly unknown[]) => `${namespace} ${name} ${value}`);
    expect(shown.length).toBeGreaterThan(8);
    expect(shown.filter((line) => !emitted.has(line))).toEqual([
      "ImagePipeline DuplicatesSkipped image-processor-local",
    ]);
  },
);

/** Words of the query language, and fields that CloudWatch itself finds in every log. */
const NO_FIELDS =
  /^(?:filter|fields|stats|sort|limit|by|as|in|and|or|like|desc|asc|count|count_distinct|latest|avg|sum|pct|max|bin|\d\w*)$/;

thoroughTest("the saved queries ask only for fields that were logged", () => {
  for (const query of SAVED_QUERIES) {
    const text = queryText(query).replace(/"[^"]*"|\/[^/]*\/(?= )|@\w+/g, " ");
    const named = [...text.matchAll(/ as (\w+)/g)].map(([, name]) => name);
    const fields = [...text.matchAll(/\w+/g)].map(([word]) => word).filter((word) => !NO_FIELDS.test(word));
    expect([query.id, fields.filter((word) => !named.includes(word) && !loggedFields.has(word))]).toEqual([
      query.id,
      [],
    ]);
  }
});
