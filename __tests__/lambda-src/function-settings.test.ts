import {
  PROCESSOR_RESOURCES,
  processorSettings,
  RECORDER_RESOURCES,
  recorderSettings,
} from "../../contract/processing-settings";
import { DEFAULT_SETTINGS } from "../../contract/read-settings";
import { readProcessorSettings, readRecorderSettings } from "../../lambda-src/function-settings";

const ENVIRONMENT = {
  SOURCE_BUCKET: "photo-uploads",
  PROCESSED_BUCKET: "photo-processed",
  METADATA_TABLE: "image-metadata",
  ...DEFAULT_SETTINGS.processing,
};

const PROCESSOR_VARIABLES = [...PROCESSOR_RESOURCES, ...Object.keys(processorSettings)];

function messageOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing wrong";
}

describe("readProcessorSettings", () => {
  test("reads every variable of the contract, and no other", () => {
    const settings = readProcessorSettings({ ...ENVIRONMENT, AWS_REGION: "us-east-1", PATH: "/bin" });
    expect(Object.keys(settings).sort()).toEqual([...PROCESSOR_VARIABLES].sort());
    expect(settings).toMatchObject({
      SOURCE_BUCKET: "photo-uploads",
      MAX_IMAGE_SIZE: DEFAULT_SETTINGS.MAX_IMAGE_SIZE,
      LOG_LEVEL: DEFAULT_SETTINGS.LOG_LEVEL,
    });
  });

  test.each(["SOURCE_BUCKET", "PROCESSED_BUCKET", "METADATA_TABLE"])("refuses %s unset or empty", (name) => {
    expect(messageOf(() => readProcessorSettings({ ...ENVIRONMENT, [name]: undefined }))).toBe(
      `${name} must be set, got nothing`,
    );
    expect(messageOf(() => readProcessorSettings({ ...ENVIRONMENT, [name]: "" }))).toBe(
      `${name} must not be empty, got ""`,
    );
  });

  test("has no default: the stack sets every variable", () => {
    const faults = messageOf(() => readProcessorSettings({})).split("\n");
    expect(faults).toHaveLength(PROCESSOR_VARIABLES.length);
    for (const fault of faults) expect(fault).toMatch(/^[A-Z_]+ must be .+, got nothing$/);
  });

  test("reports every fault on a line of its own", () => {
    const faulty = { ...ENVIRONMENT, METADATA_TABLE: "", MAX_IMAGE_SIZE: "10 MB", LOG_LEVEL: "loud" };
    expect(
      messageOf(() => readProcessorSettings(faulty))
        .split("\n")
        .sort(),
    ).toEqual([
      'LOG_LEVEL must be one of DEBUG, INFO, WARN, ERROR, got "loud"',
      'MAX_IMAGE_SIZE must be an integer from 1 to 1073741824 bytes, got "10 MB"',
      'METADATA_TABLE must not be empty, got ""',
    ]);
  });

  test.each(Object.keys(processorSettings))("refuses a bad %s", (name) => {
    const message = messageOf(() => readProcessorSettings({ ...ENVIRONMENT, [name]: "?" }));
    expect(message).toMatch(new RegExp(`^${name} must be .+, got "\\?"$`));
  });
});

describe("readRecorderSettings", () => {
  test("reads every variable of the contract, and no other", () => {
    const settings = readRecorderSettings(ENVIRONMENT);
    expect(settings).toEqual({
      SOURCE_BUCKET: "photo-uploads",
      METADATA_TABLE: "image-metadata",
      LOG_LEVEL: DEFAULT_SETTINGS.LOG_LEVEL,
      RECORD_TTL_DAYS: DEFAULT_SETTINGS.RECORD_TTL_DAYS,
    });
    expect(Object.keys(settings).sort()).toEqual(
      [...RECORDER_RESOURCES, ...Object.keys(recorderSettings), "DEAD_LETTER_QUEUE_URL"].sort(),
    );
  });

  test("does not mind what only the processor needs", () => {
    expect(messageOf(() => readRecorderSettings({ ...ENVIRONMENT, PREVIEW_SIZES: "?", PROCESSED_BUCKET: "" }))).toBe(
      "nothing wrong",
    );
    expect(messageOf(() => readRecorderSettings({ ...ENVIRONMENT, RECORD_TTL_DAYS: "0" }))).toBe(
      'RECORD_TTL_DAYS must be an integer from 1 to 36500 days, or never, got "0"',
    );
  });
});
