import fc from "fast-check";
import { ASYNCHRONOUS_INVOCATION } from "../../contract/deployment";
import { DEFAULT_SETTINGS, readSettings } from "../../contract/read-settings";
import { SETTING_RULES } from "../../contract/setting-rules";
import { SETTING_NAMES } from "../../contract/settings";

const faultsOf = (environment: Readonly<Record<string, string>>): readonly string[] =>
  readSettings(SETTING_NAMES, environment).faults;

const EVENT_AGE_S = ASYNCHRONOUS_INVOCATION.maximumEventAgeSeconds;
const SLOW_AVIF = {
  LAMBDA_MEMORY_MB: "1024",
  PREVIEW_FORMAT: "avif",
  PREVIEW_SIZES: "4096x4096,4096x4095,4095x4096",
};

describe("settings that only make sense together", () => {
  test.each<[string, Record<string, string>, string]>([
    [
      "an age that no upload reaches at Lambda",
      { ALARM_EVENT_AGE_S: String(EVENT_AGE_S) },
      `ALARM_EVENT_AGE_S must be at most ${EVENT_AGE_S - 1} where UPLOAD_TRIGGER is lambda, because Lambda then gives an upload up, got "${EVENT_AGE_S}"`,
    ],
    [
      "an age that no upload reaches in its queue",
      { UPLOAD_TRIGGER: "queue", QUEUE_RETENTION_DAYS: "1", ALARM_EVENT_AGE_S: "86400" },
      'ALARM_EVENT_AGE_S must be at most 86399 where QUEUE_RETENTION_DAYS is 1, because SQS then deletes the event, got "86400"',
    ],
    [
      "an age that every slow image in a queue reaches",
      { UPLOAD_TRIGGER: "queue", LAMBDA_TIMEOUT_S: "120", ALARM_EVENT_AGE_S: "119" },
      'ALARM_EVENT_AGE_S must be at least LAMBDA_TIMEOUT_S, 120, where UPLOAD_TRIGGER is queue, because an image at work counts as waiting, got "119"',
    ],
    [
      "files that leave no memory to decode them",
      { LAMBDA_MEMORY_MB: "512", MAX_IMAGE_SIZE: "134217729" },
      'MAX_IMAGE_SIZE must be at most 134217728, a quarter of LAMBDA_MEMORY_MB, 512, because the function holds the whole file, got "134217729"',
    ],
    [
      "AVIF previews that take longer than the time limit",
      { ...SLOW_AVIF, LAMBDA_TIMEOUT_S: "30" },
      'LAMBDA_TIMEOUT_S must be at least 42 for these PREVIEW_SIZES as AVIF with LAMBDA_MEMORY_MB 1024: raise one of both, or make the previews smaller, got "30"',
    ],
  ])("are refused: %s", (_, environment, fault) => {
    expect(faultsOf(environment)).toEqual([fault]);
  });

  test.each<Record<string, string>>([
    { ALARM_EVENT_AGE_S: String(EVENT_AGE_S - 1) },
    { ALARM_EVENT_AGE_S: "60", LAMBDA_TIMEOUT_S: "900" },
    { UPLOAD_TRIGGER: "queue", ALARM_EVENT_AGE_S: String(EVENT_AGE_S) },
    { UPLOAD_TRIGGER: "queue", QUEUE_RETENTION_DAYS: "14", ALARM_EVENT_AGE_S: "1209599" },
    { UPLOAD_TRIGGER: "queue", LAMBDA_TIMEOUT_S: "900", ALARM_EVENT_AGE_S: "900" },
    { LAMBDA_MEMORY_MB: "512", MAX_IMAGE_SIZE: "134217728" },
    { LAMBDA_MEMORY_MB: "10240", MAX_IMAGE_SIZE: "1073741824" },
    { ...SLOW_AVIF, LAMBDA_TIMEOUT_S: "42" },
    { ...SLOW_AVIF, LAMBDA_TIMEOUT_S: "30", LAMBDA_MEMORY_MB: "1769" },
    { PREVIEW_FORMAT: "webp", PREVIEW_SIZES: "4096x4096,4096x4095,4095x4096" },
  ])("may go to the limit: %j", (environment) => {
    expect(faultsOf(environment)).toEqual([]);
  });

  test("are refused with the limit that holds, for any numbers", () => {
    const number = (min: number, max: number) => fc.integer({ min, max }).map(String);
    const environments = fc.record({
      UPLOAD_TRIGGER: fc.constantFrom("lambda", "queue"),
      QUEUE_RETENTION_DAYS: number(1, 14),
      LAMBDA_TIMEOUT_S: number(5, 900),
      LAMBDA_MEMORY_MB: number(512, 10_240),
      ALARM_EVENT_AGE_S: number(60, 1_209_600),
      MAX_IMAGE_SIZE: number(1, 1_073_741_824),
      PREVIEW_FORMAT: fc.constantFrom("auto", "avif"),
      PREVIEW_SIZES: fc.constantFrom("150x150", "4096x4096", "4096x4096,4096x4095,4095x4096"),
    });
    fc.assert(
      fc.property(environments, (environment) => {
        const settled: Record<string, string> = { ...environment };
        for (const fault of faultsOf(environment)) {
          const [, name = "", limit = ""] =
            /^(\w+) must be at (?:least|most) (?:LAMBDA_TIMEOUT_S, )?(\d+)/.exec(fault) ?? [];
          expect(environment).toHaveProperty(name);
          settled[name] = limit;
        }
        // A longer time limit may ask for another age, and nothing more.
        expect(faultsOf(settled).filter((fault) => !fault.startsWith("ALARM_EVENT_AGE_S must be at least"))).toEqual(
          [],
        );
      }),
    );
  });

  test("are held to the values that hold, set or not", () => {
    const rule = SETTING_RULES.find(({ name }) => name === "RESERVED_CONCURRENCY");
    const values = { ...DEFAULT_SETTINGS, UPLOAD_TRIGGER: "queue" as const };
    expect(rule?.expectation({ ...values, RESERVED_CONCURRENCY: 1 }, undefined)).toMatch(/^must be from 2 to 1000/);
    expect(rule?.expectation({ ...values, RESERVED_CONCURRENCY: 2 }, undefined)).toBeUndefined();
  });

  test("are silent about what is invalid by itself", () => {
    for (const { name, reads } of SETTING_RULES)
      for (const read of reads.filter((read) => read !== name))
        expect(faultsOf({ [read]: "\u0000" }).filter((fault) => !fault.startsWith(`${read} `))).toEqual([]);
  });
});
