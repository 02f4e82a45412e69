import { processorSettings, recorderSettings } from "../../contract/processing-settings";
import { SETTING_NAMES, SETTINGS, type SettingDescription } from "../../contract/settings";
import { InvalidSettings, readStackSettings } from "../../stacks/settings";

function faultsOf(environment: Record<string, string>, context: Record<string, unknown> = {}): readonly string[] {
  try {
    readStackSettings(environment, context);
    return [];
  } catch (error) {
    if (error instanceof InvalidSettings) return error.faults;
    throw error;
  }
}

describe("readStackSettings", () => {
  test("has a value for everything that has a default", () => {
    const settings = readStackSettings({});
    const descriptions: Readonly<Record<string, SettingDescription>> = SETTINGS;
    for (const name of SETTING_NAMES) {
      const absent = settings[name] === undefined;
      expect([name, absent]).toEqual([name, descriptions[name]?.default === undefined]);
    }
  });

  test("keeps as texts what each function parses again", () => {
    const written = { PREVIEW_SIZES: "150x150, hero=1600x900", LOG_LEVEL: "DEBUG" };
    const { processing, recording } = readStackSettings(written);
    expect(processing).toMatchObject(written);
    expect(Object.keys(processing)).toEqual(Object.keys(processorSettings));
    expect(recording).toMatchObject({ LOG_LEVEL: "DEBUG" });
    expect(Object.keys(recording)).toEqual(Object.keys(recorderSettings));
  });

  test("is the same when every default is written out", () => {
    const written = Object.entries(SETTINGS).flatMap(([name, setting]) =>
      "default" in setting ? [[name, setting.default]] : [],
    );
    expect(readStackSettings(Object.fromEntries(written))).toEqual(readStackSettings({}));
  });

  test("takes every variable that it knows", () => {
    const environment = {
      ENVIRONMENT_SUFFIX: "eu-prod-2",
      AWS_REGION: "eu-central-1",
      TF_CLOUD_ORGANIZATION: "acme_photos",
      TF_CLOUD_HOSTNAME: "terraform.acme.example",
      TF_CLOUD_PROJECT: "Photo pipeline",
      TF_CLOUD_WORKSPACE: "photos-eu-prod",
      UPLOAD_ORIGINS: "https://example.com, https://*.example.org,http://localhost:5173",
      LAMBDA_RUNTIME: "nodejs22.x",
      LAMBDA_ARCHITECTURE: "arm64",
      LAMBDA_MEMORY_MB: "2048",
      LAMBDA_TIMEOUT_S: "60",
      RESERVED_CONCURRENCY: "none",
      UPLOAD_TRIGGER: "queue",
      QUEUE_RETENTION_DAYS: "14",
      MAX_IMAGE_SIZE: "20971520",
      MAX_IMAGE_PIXELS: "100000000",
      PREVIEW_SIZES: "150x150,hero=1600x900",
      PREVIEW_FORMAT: "webp",
      LOG_LEVEL: "DEBUG",
      LOG_RETENTION_DAYS: "365",
      RECORD_TTL_DAYS: "730",
      PREVIEW_EXPIRY_DAYS: "never",
      ALARM_EMAIL: "on-call+photos@example.com",
      ALARM_ERRORS_PER_5_MIN: "5",
      ALARM_THROTTLES_PER_5_MIN: "500",
      ALARM_EVENT_AGE_S: "900",
      ALARM_REJECTED_PERCENT: "50",
      ALARM_P95_DURATION_PERCENT: "80",
      ALARM_DEAD_LETTERS_COUNT: "20",
      ALARM_DEAD_LETTER_AGE_HOURS: "24",
      ALARM_TABLE_THROTTLES_PER_5_MIN: "1",
      SOURCE_VERSIONING: "true",
      ACCESS_LOGS: "false",
      ACCESS_LOG_RETENTION_DAYS: "30",
      PROTECT_DATA: "false",
      IMPORT_FROM_CDK: "000123456789",
    };
    expect(Object.keys(environment).sort()).toEqual([...SETTING_NAMES].sort());
    const { processing, recording } = readStackSettings({});
    expect(readStackSettings(environment)).toEqual({
      ...environment,
      UPLOAD_ORIGINS: ["https://example.com", "https://*.example.org", "http://localhost:5173"],
      LAMBDA_MEMORY_MB: 2048,
      LAMBDA_TIMEOUT_S: 60,
      RESERVED_CONCURRENCY: undefined,
      QUEUE_RETENTION_DAYS: 14,
      MAX_IMAGE_SIZE: 20_971_520,
      MAX_IMAGE_PIXELS: 100_000_000,
      PREVIEW_SIZES: [
        { name: "thumbnail", width: 150, height: 150 },
        { name: "hero", width: 1600, height: 900 },
      ],
      LOG_RETENTION_DAYS: 365,
      RECORD_TTL_DAYS: 730,
      PREVIEW_EXPIRY_DAYS: "never",
      ALARM_ERRORS_PER_5_MIN: 5,
      ALARM_THROTTLES_PER_5_MIN: 500,
      ALARM_EVENT_AGE_S: 900,
      ALARM_REJECTED_PERCENT: 50,
      ALARM_P95_DURATION_PERCENT: 80,
      ALARM_DEAD_LETTERS_COUNT: 20,
      ALARM_DEAD_LETTER_AGE_HOURS: 24,
      ALARM_TABLE_THROTTLES_PER_5_MIN: 1,
      SOURCE_VERSIONING: true,
      ACCESS_LOGS: false,
      ACCESS_LOG_RETENTION_DAYS: 30,
      PROTECT_DATA: false,
      processing: pick(environment, Object.keys(processing)),
      recording: pick(environment, Object.keys(recording)),
    });
  });
});

const pick = (environment: Readonly<Record<string, string>>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, environment[name]]));

describe("the suffix", () => {
  test("comes from the variable, then from the context, then is dev", () => {
    const suffix = (environment: Record<string, string>, context?: Record<string, unknown>) =>
      readStackSettings(environment, context).ENVIRONMENT_SUFFIX;
    expect(suffix({ ENVIRONMENT_SUFFIX: "one" }, { environmentSuffix: "two" })).toBe("one");
    expect(suffix({}, { environmentSuffix: "two" })).toBe("two");
    expect(suffix({}, { excludeStackIdFromLogicalIds: "true" })).toBe("dev");
  });

  test.each([
    [7, "must be text, got 7"],
    [null, "must be text, got null"],
    [{ name: "x" }, 'must be text, got {"name":"x"}'],
    ["", 'must not be empty, got ""'],
    ["Dev", 'must be 1 to 20 of a-z 0-9 -, starting and ending with a letter or digit, got "Dev"'],
  ])("from the context is checked like any other: %j", (environmentSuffix, fault) => {
    expect(faultsOf({}, { environmentSuffix })).toEqual([`context environmentSuffix ${fault}`]);
  });

  test.each(["a", "0", "a-b", "x".repeat(20)])("may be %s", (suffix) => {
    expect(faultsOf({ ENVIRONMENT_SUFFIX: suffix })).toEqual([]);
  });
});

describe("a bad value", () => {
  const DAYS =
    "must be a number of days that CloudWatch takes (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, " +
    "1827, 2192, 2557, 2922, 3288, 3653)";
  const ORIGINS =
    "must be * or a comma-separated list of origins such as https://example.com or https://*.example.com, " +
    "as a browser sends them: lower case, no path, no trailing slash, no default port";
  const SUFFIX = "must be 1 to 20 of a-z 0-9 -, starting and ending with a letter or digit";
  const RESERVED = "must not end like a name that S3 reserves (-s3alias, --ol-s3, --x-s3, --table-s3)";

  test.each([
    ["ENVIRONMENT_SUFFIX", SUFFIX, ["Dev", "-dev", "dev-", "d_v", "d.v", "x".repeat(21), "dev\n", "dév", " "]],
    ["ENVIRONMENT_SUFFIX", RESERVED, ["s3alias", "dev-s3alias", "dev--x-s3"]],
    [
      "AWS_REGION",
      "must be an AWS region such as us-east-1",
      ["useast1", "us-east", "US-EAST-1", "us-east-1a", "us-east-0"],
    ],
    [
      "TF_CLOUD_ORGANIZATION",
      "must be letters, digits, - and _, starting with a letter or digit",
      ["my org", "acme/photos", "-acme", "ä"],
    ],
    ["LAMBDA_RUNTIME", "must be one of nodejs24.x, nodejs22.x", ["nodejs20.x", "nodejs24", "python3.13", "NODEJS24.X"]],
    ["LAMBDA_ARCHITECTURE", "must be one of x86_64, arm64", ["x64", "amd64", "aarch64", "ARM64"]],
    [
      "LAMBDA_MEMORY_MB",
      "must be an integer from 512 to 10240",
      ["511", "10241", "1 GB", "1e3", "1024.5", "-1024", "0x400"],
    ],
    ["LAMBDA_TIMEOUT_S", "must be an integer from 5 to 900", ["4", "901", "30s", "030"]],
    ["RESERVED_CONCURRENCY", "must be an integer from 1 to 999999, or none", ["0", "-1", "1.5", "None", "ten"]],
    ["UPLOAD_TRIGGER", "must be one of lambda, queue, drain", ["sqs", "Lambda", "eventbridge"]],
    ["QUEUE_RETENTION_DAYS", "must be an integer from 1 to 14", ["0", "15", "4d"]],
    ["MAX_IMAGE_SIZE", "must be an integer from 1 to 1073741824 bytes", ["0", "10MB"]],
    ["MAX_IMAGE_PIXELS", "must be an integer from 1 to 900000000 px", ["0", "50M"]],
    ["PREVIEW_FORMAT", "must be one of auto, jpeg, png, webp, avif", ["jpg", "JPEG", "gif"]],
    ["LOG_LEVEL", "must be one of DEBUG, INFO, WARN, ERROR", ["info", "TRACE", "WARNING"]],
    ["LOG_RETENTION_DAYS", DAYS, ["0", "2", "8", "366", "forever"]],
    ["RECORD_TTL_DAYS", "must be an integer from 1 to 36500 days, or never", ["0", "36501", "1y"]],
    ["PREVIEW_EXPIRY_DAYS", "must be an integer from 1 to 36500 days, or never", ["0", "36501", "Never"]],
    [
      "ALARM_EMAIL",
      "must be an e-mail address",
      ["me", "me@", "@example.com", "me@example", "a b@example.com", "a@b.de,c@d.de"],
    ],
    ["ALARM_ERRORS_PER_5_MIN", "must be an integer from 1 to 1000000", ["0", "1000001", "ten"]],
    ["ALARM_THROTTLES_PER_5_MIN", "must be an integer from 1 to 1000000", ["0", "-1"]],
    ["ALARM_EVENT_AGE_S", "must be an integer from 60 to 1209600 s", ["59", "1209601", "30m"]],
    ["ALARM_REJECTED_PERCENT", "must be an integer from 1 to 100", ["0", "101", "25%", "0.25"]],
    ["ALARM_P95_DURATION_PERCENT", "must be an integer from 1 to 100", ["0", "101"]],
    ["ALARM_DEAD_LETTERS_COUNT", "must be an integer from 1 to 1000000", ["0", "none"]],
    ["ALARM_DEAD_LETTER_AGE_HOURS", "must be an integer from 1 to 336", ["0", "337", "3d"]],
    ["ALARM_TABLE_THROTTLES_PER_5_MIN", "must be an integer from 1 to 1000000", ["0"]],
    ["SOURCE_VERSIONING", "must be true or false", ["yes", "1", "True", "TRUE", " true"]],
    ["ACCESS_LOGS", "must be true or false", ["no", "0", "off"]],
    ["ACCESS_LOG_RETENTION_DAYS", "must be an integer from 1 to 36500", ["0", "90d"]],
    ["PROTECT_DATA", "must be true or false", ["never"]],
    [
      "IMPORT_FROM_CDK",
      "must be an AWS account id of 12 digits",
      ["true", "12345678901", "1234567890123", "1234-5678-9012"],
    ],
    [
      "UPLOAD_ORIGINS",
      ORIGINS,
      [
        "example.com",
        "https://example.com/",
        "https://example.com/app",
        "https://example.com:443",
        "https://Example.com",
        "ftp://example.com",
        "https://*.*.example.com",
        "https://a.example,",
        "*,https://a.example",
        "https://user@example.com",
        "null",
      ],
    ],
  ])("of %s is told with what it %s", (name, expectation, texts) => {
    for (const text of texts)
      expect(faultsOf({ [name]: text })).toEqual([`${name} ${expectation}, got ${JSON.stringify(text)}`]);
  });

  test.each([
    [
      "TF_CLOUD_HOSTNAME",
      "must be a host name such as app.terraform.io",
      ["https://app.terraform.io", "app", "a_b.example", "a..b"],
    ],
    [
      "TF_CLOUD_PROJECT",
      "must be 3 to 40 letters, digits, inner spaces, - and _",
      ["ab", " photos", "photos ", "p".repeat(41), "a/b"],
    ],
    ["TF_CLOUD_WORKSPACE", "must be 1 to 90 letters, digits, - and _", ["a b", "w".repeat(91), "a.b"]],
  ])("of %s is told with what it %s", (name, expectation, texts) => {
    for (const text of texts)
      expect(faultsOf({ TF_CLOUD_ORGANIZATION: "acme", [name]: text })).toEqual([
        `${name} ${expectation}, got ${JSON.stringify(text)}`,
      ]);
  });

  test.each(["", "150", "150x", "0x10", "4097x10", "150x150,150x150", "a=1x1,a=2x2", "A=1x1", "1x1;2x2"])(
    "of PREVIEW_SIZES is refused: %j",
    (text) => {
      expect(faultsOf({ PREVIEW_SIZES: text })).toEqual([expect.stringMatching(/^PREVIEW_SIZES must .*, got "/)]);
    },
  );

  test.each(SETTING_NAMES)("of %s may not be empty", (name) => {
    const organization: Record<string, string> = name.startsWith("TF_CLOUD_") ? { TF_CLOUD_ORGANIZATION: "acme" } : {};
    expect(faultsOf({ ...organization, [name]: "" })).toEqual([`${name} must not be empty, got ""`]);
  });
});

describe("settings together", () => {
  test.each(["TF_CLOUD_HOSTNAME", "TF_CLOUD_PROJECT", "TF_CLOUD_WORKSPACE"])("%s needs an organization", (name) => {
    expect(faultsOf({ [name]: "abc.example" })).toContain(
      `${name} must come with TF_CLOUD_ORGANIZATION, got "abc.example"`,
    );
  });

  test.each([
    ["1", 1],
    ["1001", 1],
    ["2", 0],
    ["1000", 0],
    ["none", 0],
  ])("RESERVED_CONCURRENCY=%s has %i faults in queue mode", (concurrency, faults) => {
    const expectation = "must be from 2 to 1000, or none, where UPLOAD_TRIGGER is queue";
    expect(faultsOf({ UPLOAD_TRIGGER: "queue", RESERVED_CONCURRENCY: concurrency })).toEqual(
      Array(faults).fill(`RESERVED_CONCURRENCY ${expectation}, got "${concurrency}"`),
    );
    expect(faultsOf({ RESERVED_CONCURRENCY: concurrency })).toEqual([]);
  });

  test.each<[records: string | undefined, previews: string, expectation: string | undefined]>([
    [undefined, "364", "at least 365 or never where RECORD_TTL_DAYS is 365"],
    ["30", "29", "at least 30 or never where RECORD_TTL_DAYS is 30"],
    ["never", "36500", "never where RECORD_TTL_DAYS is never"],
    [undefined, "365", undefined],
    ["30", "30", undefined],
    ["36500", "never", undefined],
    ["never", "never", undefined],
    ["1y", "1", undefined],
  ])("records that live for %s days with previews for %s: must be %s", (records, previews, expectation) => {
    const why = "or records would name previews that S3 has deleted";
    const faults = faultsOf({ PREVIEW_EXPIRY_DAYS: previews, ...(records && { RECORD_TTL_DAYS: records }) });
    expect(faults.filter((fault) => fault.startsWith("PREVIEW_EXPIRY_DAYS"))).toEqual(
      expectation ? [`PREVIEW_EXPIRY_DAYS must be ${expectation}, ${why}, got "${previews}"`] : [],
    );
  });

  test("are refused with every fault at once, one line each", () => {
    const environment = {
      ENVIRONMENT_SUFFIX: "Prod",
      LAMBDA_TIMEOUT_S: "1000",
      LOG_LEVEL: "",
      TF_CLOUD_PROJECT: "photos",
      LAMBDA_MEMROY_MB: "2048",
      HOME: "elsewhere",
    };
    expect(() => readStackSettings(environment)).toThrow(
      new InvalidSettings([
        'ENVIRONMENT_SUFFIX must be 1 to 20 of a-z 0-9 -, starting and ending with a letter or digit, got "Prod"',
        'LAMBDA_TIMEOUT_S must be an integer from 5 to 900, got "1000"',
        'LOG_LEVEL must not be empty, got ""',
        'TF_CLOUD_PROJECT must come with TF_CLOUD_ORGANIZATION, got "photos"',
        'LAMBDA_MEMROY_MB must be spelt LAMBDA_MEMORY_MB, got "2048"',
      ]),
    );
  });

  test("a misspelt key of the context is told like a variable", () => {
    expect(faultsOf({}, { environmentSufix: "prod", excludeStackIdFromLogicalIds: "true" })).toEqual([
      'context environmentSufix must be spelt environmentSuffix, got "prod"',
    ]);
    expect(faultsOf({}, { ENVIRONMENT_SUFFIX: "prod" })).toEqual([
      'context ENVIRONMENT_SUFFIX must be spelt environmentSuffix, got "prod"',
    ]);
  });

  test("a misspelt name is told even beside the right one", () => {
    expect(faultsOf({ LOG_LEVEL: "INFO", LOGLEVEL: "DEBUG" })).toEqual([
      'LOGLEVEL must be spelt LOG_LEVEL, got "DEBUG"',
    ]);
  });
});
