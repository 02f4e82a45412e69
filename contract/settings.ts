import type * as v from "valibot";
import {
  ASYNCHRONOUS_INVOCATION,
  DEAD_LETTER_RETENTION_DAYS,
  MAX_TIME_LIMIT_SECONDS,
  PREVIEW_EXPIRY_DAYS,
  SQS_MAXIMUM_RETENTION_DAYS,
} from "./deployment";
import { LAMBDA_ARCHITECTURES, LAMBDA_RUNTIMES, UPLOAD_TRIGGER_SETTINGS } from "./names";
import { integer, lifeInDays, oneOf, processorSettings as processing } from "./processing-settings";
import * as schemas from "./setting-schemas";
import { durationInWords } from "./words";

/** One setting of an environment: an environment variable, read when the stack is synthesized and when the local system starts. */
export interface SettingDescription {
  /** What its text must be. Each message states the expectation alone. */
  readonly schema: v.GenericSchema<string, unknown>;
  /** The text that holds where nothing is set; without it there is then no value. */
  readonly default?: string;
  /** What its number counts. */
  readonly unit?: string;
  /** In the README's words, with what its values and its default do not say. */
  readonly meaning: string;
  /** It has a meaning for the local system too. */
  readonly local?: true;
}

const HOURS_PER_DAY = 24;
const SECONDS_PER_DAY = 86_400;

/** Every setting, in the order of the README. The functions get theirs from `processing-settings.ts`, without the prose. */
export const SETTINGS = {
  ENVIRONMENT_SUFFIX: {
    schema: schemas.environmentSuffix,
    default: "dev",
    meaning: "end of every name, up to 20 of `a-z 0-9 -`; also the context `environmentSuffix`",
  },
  AWS_REGION: { schema: schemas.region, default: "us-east-1", meaning: "where everything lies" },
  TF_CLOUD_ORGANIZATION: {
    schema: schemas.cloudOrganization,
    meaning: "keeps the state in Terraform Cloud; without it in `terraform.image-pipeline-{suffix}.tfstate`",
  },
  TF_CLOUD_HOSTNAME: { schema: schemas.hostname, meaning: "of a Terraform Enterprise installation" },
  TF_CLOUD_PROJECT: { schema: schemas.cloudProject, meaning: "project of the workspace" },
  TF_CLOUD_WORKSPACE: { schema: schemas.cloudWorkspace, meaning: "instead of `image-pipeline-{suffix}`" },
  UPLOAD_ORIGINS: {
    schema: schemas.origins,
    default: "*",
    meaning: "origins whose pages may upload with presigned URLs, comma-separated",
  },
  LAMBDA_RUNTIME: { schema: oneOf(LAMBDA_RUNTIMES), default: "nodejs24.x", meaning: "of both functions" },
  LAMBDA_ARCHITECTURE: {
    schema: oneOf(LAMBDA_ARCHITECTURES),
    default: "x86_64",
    meaning: "`arm64` is a fifth cheaper; any machine builds either",
  },
  LAMBDA_MEMORY_MB: {
    schema: integer(512, 10_240),
    default: "1024",
    unit: "MB",
    meaning: "of the image processor; CPU grows with it",
    local: true,
  },
  LAMBDA_TIMEOUT_S: {
    schema: integer(5, MAX_TIME_LIMIT_SECONDS),
    default: "30",
    unit: "s",
    meaning: "of the image processor; `npm start` takes up to 120, its second delay between attempts",
    local: true,
  },
  RESERVED_CONCURRENCY: {
    schema: schemas.reservedConcurrency(),
    default: "10",
    unit: "images",
    meaning: "images processed at once, or `none` for the account's limit",
    local: true,
  },
  UPLOAD_TRIGGER: {
    schema: oneOf(UPLOAD_TRIGGER_SETTINGS),
    default: "lambda",
    meaning: `\`queue\`: uploads wait in a queue for their turn, [for days](docs/architecture.md#queue-mode), instead of ${durationInWords(ASYNCHRONOUS_INVOCATION.maximumEventAgeSeconds)} at Lambda. \`RESERVED_CONCURRENCY\` is then 2 to 1000, and reserves nothing. \`drain\` is [the way back](docs/runbook.md#change-the-way-of-the-uploads): new uploads go to Lambda, and the queue is kept until it is empty`,
    local: true,
  },
  QUEUE_RETENTION_DAYS: {
    schema: integer(1, SQS_MAXIMUM_RETENTION_DAYS),
    default: "10",
    unit: "days",
    meaning: `how long they may wait there. Failed ones keep their age, and need the rest of ${DEAD_LETTER_RETENTION_DAYS}`,
    local: true,
  },
  MAX_IMAGE_SIZE: { ...processing.MAX_IMAGE_SIZE, unit: "bytes", meaning: "of an original", local: true },
  MAX_IMAGE_PIXELS: { ...processing.MAX_IMAGE_PIXELS, unit: "px", meaning: "width times height", local: true },
  PREVIEW_SIZES: {
    ...processing.PREVIEW_SIZES,
    meaning:
      "boxes that the previews fit inside, `WxH` or `name=WxH`, 1 to 4096 px a side, together at most 67,108,864 px; these three are named `thumbnail`, `small`, `medium`",
    local: true,
  },
  PREVIEW_FORMAT: {
    ...processing.PREVIEW_FORMAT,
    meaning:
      "`auto` keeps JPEG and PNG and turns the rest into JPEG, or WebP when transparent; `jpeg` is on white; `avif` takes up to 8 s of a whole vCPU for one preview of 4096x4096: raise `LAMBDA_TIMEOUT_S` for large ones",
    local: true,
  },
  LOG_LEVEL: { ...processing.LOG_LEVEL, meaning: "of both functions", local: true },
  LOG_RETENTION_DAYS: {
    schema: schemas.logRetentionDays,
    default: "7",
    unit: "days",
    meaning: "a number of days that CloudWatch takes",
  },
  RECORD_TTL_DAYS: {
    ...processing.RECORD_TTL_DAYS,
    unit: "days",
    meaning: "from the last claim on; then a record counts as gone, and DynamoDB removes it. The original stays",
    local: true,
  },
  PREVIEW_EXPIRY_DAYS: {
    schema: lifeInDays(),
    unit: "days",
    meaning: `S3 deletes a preview; at least \`RECORD_TTL_DAYS\`. Default: ${PREVIEW_EXPIRY_DAYS}, or \`RECORD_TTL_DAYS\` where that is longer. Lowering it deletes previews that exist`,
  },
  ALARM_EMAIL: { schema: schemas.emailAddress, meaning: "subscribes to the alarms; confirm the mail that AWS sends" },
  ALARM_ERRORS_PER_5_MIN: {
    schema: integer(1, 1_000_000),
    default: "10",
    unit: "attempts",
    meaning:
      "failed attempts of the image processor in 5 minutes, twice in a row; the other alarms of this kind are below",
    local: true,
  },
  ALARM_THROTTLES_PER_5_MIN: {
    schema: integer(1, 1_000_000),
    default: "100",
    unit: "invocations",
    meaning: "invocations throttled because the concurrency limit was reached, three times in a row",
    local: true,
  },
  ALARM_EVENT_AGE_S: {
    schema: integer(60, SQS_MAXIMUM_RETENTION_DAYS * SECONDS_PER_DAY, "s"),
    // Early enough to raise the concurrency before Lambda gives the first upload up.
    default: String(ASYNCHRONOUS_INVOCATION.maximumEventAgeSeconds / 2),
    unit: "s",
    meaning: "how long an upload waits for its turn",
    local: true,
  },
  ALARM_REJECTED_PERCENT: {
    schema: integer(1, 100),
    default: "25",
    unit: "percent",
    meaning: "of 20 images or more: refused for what they are",
    local: true,
  },
  ALARM_P95_DURATION_PERCENT: {
    schema: integer(1, 100),
    default: "90",
    unit: "percent",
    meaning: "of `LAMBDA_TIMEOUT_S`: what one image in twenty takes",
    local: true,
  },
  ALARM_DEAD_LETTERS_COUNT: {
    schema: integer(1, 1_000_000),
    default: "1",
    unit: "events",
    meaning: "events in the dead letter queue",
    local: true,
  },
  ALARM_DEAD_LETTER_AGE_HOURS: {
    schema: integer(1, DEAD_LETTER_RETENTION_DAYS * HOURS_PER_DAY),
    default: "72",
    unit: "hours",
    meaning: "age of the oldest of them; at the longest, SQS deletes it",
    local: true,
  },
  ALARM_TABLE_THROTTLES_PER_5_MIN: {
    schema: integer(1, 1_000_000),
    default: "10",
    unit: "updates",
    meaning: "updates of records that DynamoDB refused",
    local: true,
  },
  SOURCE_VERSIONING: { schema: schemas.flag, default: "false", meaning: "keeps overwritten originals for a while" },
  ACCESS_LOGS: {
    schema: schemas.flag,
    default: "true",
    meaning: "who read and wrote the buckets, in a third bucket",
  },
  ACCESS_LOG_RETENTION_DAYS: {
    schema: integer(1, 36_500),
    default: "90",
    unit: "days",
    meaning: "how long the third bucket keeps them",
  },
  PROTECT_DATA: { schema: schemas.flag, default: "true", meaning: "buckets, table and logs survive `destroy`" },
  IMPORT_FROM_CDK: {
    schema: schemas.accountId,
    meaning: "account id: [takes over](docs/migrate-from-cdk.md) what the reference CDK stack retained there",
  },
} as const satisfies Readonly<Record<string, SettingDescription>> &
  Readonly<Record<keyof typeof processing, SettingDescription>>;

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

type LocalName<N extends SettingName> = N extends unknown
  ? (typeof SETTINGS)[N] extends { readonly local: true }
    ? N
    : never
  : never;
/** Those that have a meaning for the local system. */
export type LocalSettingName = LocalName<SettingName>;
export const LOCAL_SETTING_NAMES = SETTING_NAMES.filter((name): name is LocalSettingName => "local" in SETTINGS[name]);

type ValueOf<D extends SettingDescription> =
  | v.InferOutput<D["schema"]>
  | (D extends { readonly default: string } ? never : undefined);

/** The parsed settings, by the names of their variables. */
export type SettingValues<N extends SettingName = SettingName> = { readonly [K in N]: ValueOf<(typeof SETTINGS)[K]> };
