import { SETTING_NAMES, SETTINGS } from "../../contract/settings";
import { LAST_RETRY_DELAY_SECONDS } from "../../local/aws/lambda/asynchronous-invoker";
import { concurrencyOf, readLocalSettings } from "../../local/local-settings";
import { readStackSettings } from "../../stacks/settings";

describe("readLocalSettings", () => {
  test("has the defaults of the stack", () => {
    const local = readLocalSettings({});
    expect(readStackSettings({})).toMatchObject(local);
    expect(local.processing).toEqual(readStackSettings({}).processing);
  });

  test("runs as many sandboxes as the stack reserves by default where none are reserved", () => {
    expect(concurrencyOf(readLocalSettings({ RESERVED_CONCURRENCY: "none" }))).toBe(
      readStackSettings({}).RESERVED_CONCURRENCY,
    );
    expect(concurrencyOf(readLocalSettings({ RESERVED_CONCURRENCY: "3" }))).toBe(3);
  });

  test("takes what the environment sets", () => {
    const settings = readLocalSettings({
      LAMBDA_MEMORY_MB: "2048",
      LAMBDA_TIMEOUT_S: "120",
      RESERVED_CONCURRENCY: "none",
      PREVIEW_SIZES: "hero=1600x900",
      PATH: "/bin",
    });
    expect(settings).toMatchObject({ LAMBDA_MEMORY_MB: 2048, LAMBDA_TIMEOUT_S: 120, RESERVED_CONCURRENCY: undefined });
    expect(settings.processing.PREVIEW_SIZES).toBe("hero=1600x900");
  });

  test("reports every fault at once", () => {
    const read = () => readLocalSettings({ LAMBDA_TIMEOUT_S: "300", RESERVED_CONCURRENCY: "0", LOG_LEVEL: "" });
    expect(read).toThrow(
      [
        'LAMBDA_TIMEOUT_S must be an integer from 5 to 120 s for the local system, got "300"',
        'RESERVED_CONCURRENCY must be an integer from 1 to 100, or none, for the local system, got "0"',
        'LOG_LEVEL must not be empty, got ""',
      ].join("\n"),
    );
  });

  test.each(["", "node", "/", "/no/such/node", "package.json"])("runs functions with no program named %j", (path) => {
    expect(() => readLocalSettings({ LAMBDA_NODE: path })).toThrow(
      new Error(`LAMBDA_NODE must be the absolute path of a program, such as a Node, got ${JSON.stringify(path)}`),
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
    const others = SETTING_NAMES.filter((name) => !("local" in SETTINGS[name]));
    expect(others.length).toBeGreaterThan(10);
    expect(() => readLocalSettings(Object.fromEntries(others.map((name) => [name, "anything"])))).not.toThrow();
  });

  test("holds settings together as the stack does", () => {
    expect(() => readLocalSettings({ UPLOAD_TRIGGER: "queue", RESERVED_CONCURRENCY: "1" })).toThrow(
      new Error('RESERVED_CONCURRENCY must be from 2 to 1000, or none, where UPLOAD_TRIGGER is queue, got "1"'),
    );
  });

  test("takes time limits up to what the documentation says", () => {
    expect(SETTINGS.LAMBDA_TIMEOUT_S.meaning).toContain(`takes up to ${LAST_RETRY_DELAY_SECONDS},`);
  });
});
