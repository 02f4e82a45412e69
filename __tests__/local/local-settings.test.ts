import { alarmDefaults } from "../../contract/alarm-settings";
import { readLocalSettings } from "../../local/local-settings";
import { stackVariables } from "../../stacks/settings";

describe("readLocalSettings", () => {
  test("has the defaults of the stack", () => {
    expect(readLocalSettings({})).toEqual({
      memoryMb: 1024,
      timeoutSeconds: 30,
      concurrency: 10,
      uploadTrigger: "lambda",
      queueRetentionDays: 10,
      alarms: Object.fromEntries(Object.entries(alarmDefaults).map(([name, text]) => [name, Number(text)])),
      processing: {
        LOG_LEVEL: "INFO",
        MAX_IMAGE_SIZE: "10485760",
        MAX_IMAGE_PIXELS: "50000000",
        PREVIEW_SIZES: "150x150,300x300,800x800",
        PREVIEW_FORMAT: "auto",
        RECORD_TTL_DAYS: "365",
      },
    });
  });

  test("takes what the environment sets", () => {
    const settings = readLocalSettings({
      LAMBDA_MEMORY_MB: "2048",
      LAMBDA_TIMEOUT_S: "120",
      RESERVED_CONCURRENCY: "none",
      PREVIEW_SIZES: "hero=1600x900",
      PATH: "/bin",
    });
    expect(settings).toMatchObject({ memoryMb: 2048, timeoutSeconds: 120, concurrency: 10 });
    expect(settings.processing.PREVIEW_SIZES).toBe("hero=1600x900");
  });

  test("reports every fault at once", () => {
    const read = () => readLocalSettings({ LAMBDA_TIMEOUT_S: "300", RESERVED_CONCURRENCY: "0", LOG_LEVEL: "" });
    expect(read).toThrow(
      [
        'LAMBDA_TIMEOUT_S must be an integer from 5 to 120 s for the local system, got "300"',
        'RESERVED_CONCURRENCY must be an integer from 1 to 100, or none, for the local system, got "0"',
        'LOG_LEVEL must be one of DEBUG, INFO, WARN, ERROR, got ""',
      ].join("\n"),
    );
  });

  test("names the variable that a misspelt one stands for", () => {
    expect(() => readLocalSettings({ PREVIEW_FORMTA: "webp", LAMBDA_TIMEOUT: "60" })).toThrow(
      new Error(
        'PREVIEW_FORMTA must be spelt PREVIEW_FORMAT, got "webp"\nLAMBDA_TIMEOUT must be spelt LAMBDA_TIMEOUT_S, got "60"',
      ),
    );
  });

  test("leaves alone what only the deployed stack knows", () => {
    const local =
      /^(?:LAMBDA_(?:MEMORY|TIMEOUT)|RESERVED|UPLOAD_TRIGGER|QUEUE|LOG_LEVEL|MAX|PREVIEW|RECORD|ALARM_(?!EMAIL))/;
    const others = Object.keys(stackVariables).filter((name) => !local.test(name));
    expect(others.length).toBeGreaterThan(10);
    expect(() => readLocalSettings(Object.fromEntries(others.map((name) => [name, "anything"])))).not.toThrow();
  });
});
