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

export const SETTING_RULES: readonly SettingRule[] = [
  needsOrganization("TF_CLOUD_HOSTNAME"),
  needsOrganization("TF_CLOUD_PROJECT"),
  needsOrganization("TF_CLOUD_WORKSPACE"),
  queueConcurrency,
];
