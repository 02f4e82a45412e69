import * as v from "valibot";
import { type AlarmSettings, alarmDefaults, alarmSchemas } from "../contract/alarm-settings";
import { UPLOAD_TRIGGERS, type UploadTriggerKind } from "../contract/names";
import { describeIssue, integer, oneOf, processingDefaults, processingSchemas } from "../contract/processing-settings";
import { faultsOfSpelling } from "../contract/spelling";
import { LAST_RETRY_DELAY_SECONDS } from "./aws/lambda/asynchronous-invoker";

/** Sandboxes at once where no concurrency is reserved: as many as the stack reserves by default. */
const SHARED_CONCURRENCY = 10;
const CONCURRENCY_EXPECTATION = "must be an integer from 1 to 100, or none, for the local system";

const reservedConcurrency = v.pipe(
  v.string(CONCURRENCY_EXPECTATION),
  v.regex(/^(?:none|[1-9]\d?|100)$/, CONCURRENCY_EXPECTATION),
  v.transform((text) => (text === "none" ? SHARED_CONCURRENCY : Number(text))),
);

const ALARM_VARIABLES = Object.keys(alarmSchemas) as (keyof AlarmSettings)[];

const environmentSchema = v.object({
  LAMBDA_MEMORY_MB: v.optional(integer(512, 10_240, "MB"), "1024"),
  /** AWS allows 900: here the last retry must not begin while an attempt can still run. */
  LAMBDA_TIMEOUT_S: v.optional(integer(5, LAST_RETRY_DELAY_SECONDS, "s for the local system"), "30"),
  RESERVED_CONCURRENCY: v.optional(reservedConcurrency, "10"),
  UPLOAD_TRIGGER: v.optional(oneOf(UPLOAD_TRIGGERS), "lambda"),
  QUEUE_RETENTION_DAYS: v.optional(integer(1, 14), "10"),
  LOG_LEVEL: v.optional(processingSchemas.LOG_LEVEL, processingDefaults.LOG_LEVEL),
  MAX_IMAGE_SIZE: v.optional(processingSchemas.MAX_IMAGE_SIZE, processingDefaults.MAX_IMAGE_SIZE),
  MAX_IMAGE_PIXELS: v.optional(processingSchemas.MAX_IMAGE_PIXELS, processingDefaults.MAX_IMAGE_PIXELS),
  PREVIEW_SIZES: v.optional(processingSchemas.PREVIEW_SIZES, processingDefaults.PREVIEW_SIZES),
  PREVIEW_FORMAT: v.optional(processingSchemas.PREVIEW_FORMAT, processingDefaults.PREVIEW_FORMAT),
  RECORD_TTL_DAYS: v.optional(processingSchemas.RECORD_TTL_DAYS, processingDefaults.RECORD_TTL_DAYS),
  ...optionalAlarmSettings(),
});

function optionalAlarmSettings() {
  const entries = ALARM_VARIABLES.map((name) => [name, v.optional(alarmSchemas[name], alarmDefaults[name])]);
  return Object.fromEntries(entries) as Record<keyof AlarmSettings, v.GenericSchema<string | undefined, number>>;
}

/** The settings of the deployed stack that have a meaning on this machine. */
export interface LocalSettings {
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly concurrency: number;
  readonly alarms: AlarmSettings;
  readonly uploadTrigger: UploadTriggerKind;
  readonly queueRetentionDays: number;
  /** What the functions parse again, as text. */
  readonly processing: Readonly<Record<keyof typeof processingDefaults, string>>;
}

/**
 * Reads the same environment variables as the stack, with the same defaults.
 * @throws {Error} with every fault on a line of its own: `NAME expectation, got "text"`
 */
export function readLocalSettings(environment: Readonly<Record<string, string | undefined>>): LocalSettings {
  const parsed = v.safeParse(environmentSchema, environment, { abortPipeEarly: true });
  const invalid = (parsed.issues ?? []).map((issue) => describeIssue(issue, environment));
  const faults = [...invalid, ...faultsOfSpelling(environment, Object.keys(environmentSchema.entries))];
  if (!parsed.success || faults.length > 0) throw new Error(faults.join("\n"));
  const names = Object.keys(processingDefaults) as (keyof typeof processingDefaults)[];
  return {
    memoryMb: parsed.output.LAMBDA_MEMORY_MB,
    timeoutSeconds: parsed.output.LAMBDA_TIMEOUT_S,
    concurrency: parsed.output.RESERVED_CONCURRENCY,
    alarms: Object.fromEntries(ALARM_VARIABLES.map((name) => [name, parsed.output[name]])) as LocalSettings["alarms"],
    uploadTrigger: parsed.output.UPLOAD_TRIGGER,
    queueRetentionDays: parsed.output.QUEUE_RETENTION_DAYS,
    processing: Object.fromEntries(
      names.map((name) => [name, environment[name] ?? processingDefaults[name]]),
    ) as LocalSettings["processing"],
  };
}
