import { ASYNCHRONOUS_INVOCATION, PREVIEW_EXPIRY_DAYS } from "./deployment";
import type { LifeInDays } from "./processing-settings";
import type { SettingName, SettingValues } from "./settings";

/** What two settings say about each other. The values are those that hold, whether they were set or not. */
export interface SettingRule {
  /** The setting that is at fault. */
  readonly name: SettingName;
  /** What the rule looks at. It is silent while one of them is invalid by itself. */
  readonly reads: readonly SettingName[];
  /** What `name` must be, where it is not that. `text` is what `name` says; undefined where it has no value. */
  readonly expectation: (values: SettingValues, text: string | undefined) => string | undefined;
}

/** It says nothing unless an organization is named: alone it would be ignored in silence. */
const needsOrganization = (name: SettingName): SettingRule => ({
  name,
  reads: ["TF_CLOUD_ORGANIZATION"],
  expectation: ({ TF_CLOUD_ORGANIZATION }, text) =>
    text && TF_CLOUD_ORGANIZATION === undefined ? "must come with TF_CLOUD_ORGANIZATION" : undefined,
});

/** What an event source mapping takes. @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const QUEUE_CONCURRENCY = { minimum: 2, maximum: 1000 };

const queueConcurrency: SettingRule = {
  name: "RESERVED_CONCURRENCY",
  reads: ["RESERVED_CONCURRENCY", "UPLOAD_TRIGGER"],
  expectation({ RESERVED_CONCURRENCY: images, UPLOAD_TRIGGER }) {
    const { minimum, maximum } = QUEUE_CONCURRENCY;
    if (UPLOAD_TRIGGER === "lambda" || images === undefined || (images >= minimum && images <= maximum))
      return undefined;
    return `must be from ${minimum} to ${maximum}, or none, where UPLOAD_TRIGGER is ${UPLOAD_TRIGGER}`;
  },
};

/** A completed record names its previews for as long as it lives. */
const previewsOutliveRecords: SettingRule = {
  name: "PREVIEW_EXPIRY_DAYS",
  reads: ["PREVIEW_EXPIRY_DAYS", "RECORD_TTL_DAYS"],
  expectation({ PREVIEW_EXPIRY_DAYS: previews, RECORD_TTL_DAYS: records }) {
    if (previews === undefined || previews === "never" || (records !== "never" && previews >= records))
      return undefined;
    const least = records === "never" ? "never" : `at least ${records} or never`;
    return `must be ${least} where RECORD_TTL_DAYS is ${records}, or records would name previews that S3 has deleted`;
  },
};

/** Where nothing is said of previews, they live no shorter than a record that names them. */
export const previewExpiryDays = ({
  PREVIEW_EXPIRY_DAYS: previews,
  RECORD_TTL_DAYS: records,
}: Pick<SettingValues, "PREVIEW_EXPIRY_DAYS" | "RECORD_TTL_DAYS">): LifeInDays =>
  previews ?? (records === "never" ? "never" : Math.max(records, PREVIEW_EXPIRY_DAYS));

const SECONDS_PER_DAY = 86_400;

/** An alarm on age has to go off before the event is gone, and not while it is merely at work. */
const eventAge: SettingRule = {
  name: "ALARM_EVENT_AGE_S",
  reads: ["ALARM_EVENT_AGE_S", "UPLOAD_TRIGGER", "QUEUE_RETENTION_DAYS", "LAMBDA_TIMEOUT_S"],
  expectation({ ALARM_EVENT_AGE_S: age, UPLOAD_TRIGGER, QUEUE_RETENTION_DAYS: days, LAMBDA_TIMEOUT_S: timeLimit }) {
    if (UPLOAD_TRIGGER === "lambda") {
      const lastSecond = ASYNCHRONOUS_INVOCATION.maximumEventAgeSeconds - 1;
      return age > lastSecond
        ? `must be at most ${lastSecond} where UPLOAD_TRIGGER is lambda, because Lambda then gives an upload up`
        : undefined;
    }
    const lastSecond = days * SECONDS_PER_DAY - 1;
    if (age > lastSecond)
      return `must be at most ${lastSecond} where QUEUE_RETENTION_DAYS is ${days}, because SQS then deletes the event`;
    // A message at work stays in its queue, and counts as the oldest.
    return age < timeLimit
      ? `must be at least LAMBDA_TIMEOUT_S, ${timeLimit}, where UPLOAD_TRIGGER is ${UPLOAD_TRIGGER}, because an image at work counts as waiting`
      : undefined;
  },
};

const BYTES_PER_MB = 1_048_576;
/** Decoding may take 60% of the memory; Node and the previews need the rest of it beside the file. */
const FILE_SHARE_OF_MEMORY = 1 / 4;

const fileInMemory: SettingRule = {
  name: "MAX_IMAGE_SIZE",
  reads: ["MAX_IMAGE_SIZE", "LAMBDA_MEMORY_MB"],
  expectation({ MAX_IMAGE_SIZE, LAMBDA_MEMORY_MB: memoryMb }) {
    const most = Math.floor(memoryMb * BYTES_PER_MB * FILE_SHARE_OF_MEMORY);
    if (MAX_IMAGE_SIZE <= most) return undefined;
    return `must be at most ${most}, a quarter of LAMBDA_MEMORY_MB, ${memoryMb}, because the function holds the whole file`;
  },
};

/** Memory at which Lambda gives a whole vCPU. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MEMORY_MB_OF_ONE_CPU = 1769;
/** Measured: up to 8 s of a whole vCPU for 4096x4096 px. Encoding uses one thread, so more of them do not help. */
const AVIF_SECONDS_PER_PIXEL = 8 / (4096 * 4096);

const timeForAvif: SettingRule = {
  name: "LAMBDA_TIMEOUT_S",
  reads: ["LAMBDA_TIMEOUT_S", "LAMBDA_MEMORY_MB", "PREVIEW_FORMAT", "PREVIEW_SIZES"],
  expectation({ LAMBDA_TIMEOUT_S, LAMBDA_MEMORY_MB, PREVIEW_FORMAT, PREVIEW_SIZES }) {
    if (PREVIEW_FORMAT !== "avif") return undefined;
    const pixels = PREVIEW_SIZES.reduce((sum, { width, height }) => sum + width * height, 0);
    const seconds = Math.ceil((pixels * AVIF_SECONDS_PER_PIXEL) / Math.min(1, LAMBDA_MEMORY_MB / MEMORY_MB_OF_ONE_CPU));
    if (seconds <= LAMBDA_TIMEOUT_S) return undefined;
    return `must be at least ${seconds} for these PREVIEW_SIZES as AVIF with LAMBDA_MEMORY_MB ${LAMBDA_MEMORY_MB}: raise one of both, or make the previews smaller`;
  },
};

export const SETTING_RULES: readonly SettingRule[] = [
  needsOrganization("TF_CLOUD_HOSTNAME"),
  needsOrganization("TF_CLOUD_PROJECT"),
  needsOrganization("TF_CLOUD_WORKSPACE"),
  queueConcurrency,
  previewsOutliveRecords,
  eventAge,
  fileInMemory,
  timeForAvif,
];
