import * as v from "valibot";

/** Schemas of the settings that never reach a function. Each message states the expectation alone. */

const SUFFIX_EXPECTATION = "must be 1 to 20 of a-z 0-9 -, starting and ending with a letter or digit";

/** Ends of bucket names that S3 keeps for itself. */
const RESERVED_BUCKET_ENDINGS = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"];

/**
 * The end of every resource's name. The longest name is the bucket `photo-access-logs-{12 digits}-{suffix}`: 51 of the
 * 63 characters that S3 allows.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export const environmentSuffix = v.pipe(
  v.string("must be text"),
  v.regex(/^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/, SUFFIX_EXPECTATION),
  v.check(
    (suffix) => !RESERVED_BUCKET_ENDINGS.some((ending) => `-${suffix}`.endsWith(ending)),
    `must not end like a name that S3 reserves (${RESERVED_BUCKET_ENDINGS.join(", ")})`,
  ),
);

export const region = v.pipe(
  v.string(),
  v.regex(/^[a-z]{2}(?:-[a-z]+)+-[1-9]\d?$/, "must be an AWS region such as us-east-1"),
);

export const flag = v.pipe(
  v.picklist(["true", "false"], "must be true or false"),
  v.transform((text) => text === "true"),
);

export const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/, "must be an AWS account id of 12 digits"));

/** `none` leaves the function to the account's shared concurrency. Zero would stop it, and is refused. */
export const reservedConcurrency = (maximum = 999_999, where = "") => {
  const expectation = `must be an integer from 1 to ${maximum}, or none${where}`;
  return v.pipe(
    v.string(),
    v.regex(/^(?:none|[1-9]\d{0,5})$/, expectation),
    v.transform((text) => (text === "none" ? undefined : Number(text))),
    v.check((concurrency) => concurrency === undefined || concurrency <= maximum, expectation),
  );
};

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const logRetentionDays = v.pipe(
  v.picklist(
    LOG_RETENTION_DAYS.map(String),
    `must be a number of days that CloudWatch takes (${LOG_RETENTION_DAYS.join(", ")})`,
  ),
  v.transform(Number),
);

export const emailAddress = v.pipe(v.string(), v.email("must be an e-mail address"));

const ORIGINS_EXPECTATION =
  "must be * or a comma-separated list of origins such as https://example.com or https://*.example.com, " +
  "as a browser sends them: lower case, no path, no trailing slash, no default port";

/** S3 compares the text with the browser's Origin header, and takes one wildcard per origin. */
function isOrigin(text: string): boolean {
  if (!/^https?:\/\/[^*]*\*?[^*]*$/.test(text) || !URL.canParse(text)) return false;
  return new URL(text).origin === text;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html */
export const origins = v.pipe(
  v.string(),
  v.transform((text): readonly string[] => text.split(",").map((origin) => origin.trim())),
  v.check((list) => (list.length === 1 && list[0] === "*") || list.every(isOrigin), ORIGINS_EXPECTATION),
);

export const cloudOrganization = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, "must be letters, digits, - and _, starting with a letter or digit"),
);

export const cloudWorkspace = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,90}$/, "must be 1 to 90 letters, digits, - and _"),
);

export const cloudProject = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-][A-Za-z0-9_ -]{1,38}[A-Za-z0-9_-]$/, "must be 3 to 40 letters, digits, inner spaces, - and _"),
);

export const hostname = v.pipe(
  v.string(),
  v.regex(
    /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/i,
    "must be a host name such as app.terraform.io",
  ),
);
