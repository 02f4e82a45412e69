import { FAILURE_RECORDER } from "../../contract/deployment";
import { type JsonObject, type SynthesizedStack, synthesizedStack } from "../support/synthesized-stack";

/** Addresses whose attributes differ between the two, and those that only one of them has. */
function difference(one: SynthesizedStack, other: SynthesizedStack) {
  const written = (stack: SynthesizedStack) =>
    new Map(stack.elements.map((element) => [element.address, JSON.stringify(element.written)]));
  const [before, after] = [written(one), written(other)];
  return {
    added: [...after.keys()].filter((address) => !before.has(address)).sort(),
    removed: [...before.keys()].filter((address) => !after.has(address)).sort(),
    changed: [...after.keys()]
      .filter((address) => before.has(address) && before.get(address) !== after.get(address))
      .sort(),
  };
}

const effectOf = (environment: Record<string, string>) => difference(synthesizedStack(), synthesizedStack(environment));

function lambda(environment: Record<string, string>, id = "image-processor"): JsonObject {
  return synthesizedStack(environment).at(`${id}/function`).values;
}

describe("PROTECT_DATA=false", () => {
  const environment = { PROTECT_DATA: "false" };

  test("changes nothing but buckets, table and log groups", () => {
    expect(effectOf(environment)).toEqual({
      added: [],
      removed: [],
      changed: [
        "aws_cloudwatch_log_group.failure_recorder",
        "aws_cloudwatch_log_group.image_processor",
        "aws_dynamodb_table.metadata_table",
        "aws_s3_bucket.access_log_bucket",
        "aws_s3_bucket.processed_bucket",
        "aws_s3_bucket.source_bucket",
      ],
    });
  });

  test("lets Terraform destroy them, but not empty a bucket", () => {
    const stack = synthesizedStack(environment);
    for (const bucket of stack.ofType("aws_s3_bucket"))
      expect(bucket.values).toMatchObject({ force_destroy: false, lifecycle: { prevent_destroy: false } });
    expect(stack.at("metadata-table/table").values).toMatchObject({
      deletion_protection_enabled: false,
      lifecycle: { prevent_destroy: false },
    });
    for (const group of stack.ofType("aws_cloudwatch_log_group")) expect(group.values.skip_destroy).toBe(false);
  });
});

describe("ACCESS_LOGS=false", () => {
  test("leaves out the log bucket and all that belongs to it", () => {
    expect(effectOf({ ACCESS_LOGS: "false" })).toEqual({
      added: [],
      removed: [
        "aws_s3_bucket.access_log_bucket",
        "aws_s3_bucket_lifecycle_configuration.access_log_bucket",
        "aws_s3_bucket_logging.processed_bucket",
        "aws_s3_bucket_logging.source_bucket",
        "aws_s3_bucket_ownership_controls.access_log_bucket",
        "aws_s3_bucket_policy.access_log_bucket",
        "aws_s3_bucket_public_access_block.access_log_bucket",
        "aws_s3_bucket_server_side_encryption_configuration.access_log_bucket",
      ],
      changed: [],
    });
  });
});

test("access logs go under a prefix per bucket once S3 may write them, and go after ACCESS_LOG_RETENTION_DAYS", () => {
  const stack = synthesizedStack({ ACCESS_LOG_RETENTION_DAYS: "30" });
  for (const id of ["source-bucket", "processed-bucket"])
    expect(stack.at(`${id}/logging`).written).toEqual({
      bucket: `\${${stack.at(`${id}/bucket`).address}.bucket}`,
      target_bucket: `\${${stack.at("access-log-bucket/bucket").address}.bucket}`,
      target_prefix: `${id}/`,
      depends_on: [stack.at("access-log-bucket/policy").address],
    });
  expect(stack.has("access-log-bucket/logging")).toBe(false);
  expect(stack.at("access-log-bucket/lifecycle-configuration").values.rule).toContainEqual({
    id: "DeleteOldLogs",
    status: "Enabled",
    filter: [{}],
    expiration: [{ days: 30 }],
  });
});

test.each<[records: string | undefined, previews: string | undefined, days: number | undefined]>([
  [undefined, undefined, 365],
  ["30", undefined, 365],
  ["730", undefined, 730],
  ["36500", undefined, 36_500],
  ["30", "30", 30],
  ["30", "400", 400],
  [undefined, "never", undefined],
  ["never", undefined, undefined],
  ["never", "never", undefined],
])("records live for %s days and previews for %s: S3 deletes previews after %s", (records, previews, days) => {
  const environment = {
    ...(records && { RECORD_TTL_DAYS: records }),
    ...(previews && { PREVIEW_EXPIRY_DAYS: previews }),
  };
  const stack = synthesizedStack(environment);
  const rules = stack.at("processed-bucket/lifecycle-configuration").values.rule as readonly Record<string, unknown>[];
  const expiring = { id: "DeleteOldPreviews", status: "Enabled", filter: [{ prefix: "previews/" }] };
  expect(rules.filter(({ expiration }) => expiration)).toEqual(
    days === undefined ? [] : [{ ...expiring, expiration: [{ days }] }],
  );
  expect(rules.map(({ id }) => id)).toContain("AbortIncompleteMultipartUploads");
});

describe("SOURCE_VERSIONING=true", () => {
  const environment = { SOURCE_VERSIONING: "true" };

  test("adds versioning, and lets the processor read versions", () => {
    expect(effectOf(environment)).toEqual({
      added: ["aws_s3_bucket_versioning.source_bucket"],
      removed: [],
      changed: ["aws_iam_role_policy.image_processor_role", "aws_s3_bucket_lifecycle_configuration.source_bucket"],
    });
    expect(synthesizedStack(environment).at("source-bucket/versioning").values.versioning_configuration).toEqual({
      status: "Enabled",
    });
  });

  test("expires old versions, after versioning is on", () => {
    const stack = synthesizedStack(environment);
    const { rule, depends_on } = stack.at("source-bucket/lifecycle-configuration").values;
    expect(rule).toContainEqual({
      id: "ExpireOldVersions",
      status: "Enabled",
      filter: [{}],
      noncurrent_version_expiration: [{ noncurrent_days: 30 }],
      expiration: [{ expired_object_delete_marker: true }],
    });
    expect(depends_on).toEqual([stack.at("source-bucket/versioning").address]);
  });
});

describe("settings of the functions", () => {
  test("RESERVED_CONCURRENCY=none reserves nothing", () => {
    expect(lambda({ RESERVED_CONCURRENCY: "none" })).not.toHaveProperty("reserved_concurrent_executions");
    expect(lambda({ RESERVED_CONCURRENCY: "3" }).reserved_concurrent_executions).toBe(3);
  });

  test.each(["image-processor", "failure-recorder"])("architecture and runtime reach the %s", (id) => {
    expect(lambda({ LAMBDA_ARCHITECTURE: "arm64", LAMBDA_RUNTIME: "nodejs22.x" }, id)).toMatchObject({
      architectures: ["arm64"],
      runtime: "nodejs22.x",
    });
  });

  test("memory and time limit are the processor's alone", () => {
    const environment = { LAMBDA_MEMORY_MB: "2048", LAMBDA_TIMEOUT_S: "90" };
    expect(lambda(environment)).toMatchObject({ memory_size: 2048, timeout: 90 });
    expect(lambda(environment, "failure-recorder")).toMatchObject({
      memory_size: FAILURE_RECORDER.memoryMb,
      timeout: FAILURE_RECORDER.timeoutSeconds,
    });
  });

  test("the duration alarm follows the time limit", () => {
    const alarm = (seconds: string) =>
      synthesizedStack({ LAMBDA_TIMEOUT_S: seconds }).at("pipeline-alarms/high-duration").values.threshold;
    expect([alarm("30"), alarm("90"), alarm("10")]).toEqual([20_000, 60_000, 6667]);
  });

  test("what the functions parse reaches them as it was written", () => {
    const environment = {
      LOG_LEVEL: "DEBUG",
      MAX_IMAGE_SIZE: "1000000",
      MAX_IMAGE_PIXELS: "2000000",
      PREVIEW_SIZES: "150x150, hero=1600x900",
      PREVIEW_FORMAT: "avif",
      RECORD_TTL_DAYS: "30",
    };
    expect(lambda(environment).environment).toMatchObject({ variables: environment });
    expect(lambda(environment, "failure-recorder").environment).toMatchObject({
      variables: { LOG_LEVEL: "DEBUG", RECORD_TTL_DAYS: "30" },
    });
  });

  test("logs are kept as long as LOG_RETENTION_DAYS says", () => {
    for (const group of synthesizedStack({ LOG_RETENTION_DAYS: "365" }).ofType("aws_cloudwatch_log_group"))
      expect(group.values.retention_in_days).toBe(365);
  });
});

test("UPLOAD_ORIGINS are the origins of the CORS rule", () => {
  const stack = synthesizedStack({ UPLOAD_ORIGINS: "https://a.example,https://b.example" });
  expect(stack.at("source-bucket/cors-configuration").values.cors_rule).toMatchObject([
    { allowed_origins: ["https://a.example", "https://b.example"] },
  ]);
});

test("ALARM_EMAIL subscribes one address to the topic", () => {
  expect(effectOf({ ALARM_EMAIL: "on-call@example.com" })).toEqual({
    added: ["aws_sns_topic_subscription.alarm_topic"],
    removed: [],
    changed: [],
  });
  expect(synthesizedStack({ ALARM_EMAIL: "on-call@example.com" }).at("alarm-topic/subscription").values).toEqual({
    topic_arn: "arn:aws:sns:us-east-1:123456789012:image-pipeline-alarms-dev",
    protocol: "email",
    endpoint: "on-call@example.com",
  });
});
