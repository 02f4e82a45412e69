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
    if (UPLOAD_TRIGGER !== "queue" || images === undefined || (images >= minimum && images <= maximum))
      return undefined;
    return `must be from ${minimum} to ${maximum}, or none, where UPLOAD_TRIGGER is queue`;
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

/** How long previews live where nothing is said of them: no shorter than a record that names them. */
const LEAST_PREVIEW_EXPIRY_DAYS = 365;

export const previewExpiryDays = ({
  PREVIEW_EXPIRY_DAYS: previews,
  RECORD_TTL_DAYS: records,
}: Pick<SettingValues, "PREVIEW_EXPIRY_DAYS" | "RECORD_TTL_DAYS">): LifeInDays =>
  previews ?? (records === "never" ? "never" : Math.max(records, LEAST_PREVIEW_EXPIRY_DAYS));

export const SETTING_RULES: readonly SettingRule[] = [
  needsOrganization("TF_CLOUD_HOSTNAME"),
  needsOrganization("TF_CLOUD_PROJECT"),
  needsOrganization("TF_CLOUD_WORKSPACE"),
  queueConcurrency,
  previewsOutliveRecords,
];
