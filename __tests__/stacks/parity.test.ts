import { resourceNames } from "../../contract/names";
import { ACCOUNT_ID, type JsonObject, synthesizedStack } from "../support/synthesized-stack";

/** The rows of docs/parity.md in their order, each on the resource at its construct path. */

const values = (path: string): JsonObject => synthesizedStack().at(path).values;
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT_ID}:${resource}`;

const ABORT_UPLOADS = {
  id: "AbortIncompleteMultipartUploads",
  status: "Enabled",
  filter: [{}],
  abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
};

describe("the stack", () => {
  test("exposes both buckets, the table and the function", () => {
    const { stack } = synthesizedStack({ ENVIRONMENT_SUFFIX: "qa" });
    expect(stack.node.id).toBe("image-pipeline-qa");
    expect(stack.sourceBucket.name).toBeDefined();
    expect(stack.processedBucket.arn).toBeDefined();
    expect(stack.metadataTable.name).toBeDefined();
    expect(stack.imageProcessor.name).toBeDefined();
  });

  test("names everything after the environment", () => {
    const qa = synthesizedStack({ ENVIRONMENT_SUFFIX: "qa" });
    const names = resourceNames("qa");
    expect(qa.at("source-bucket/bucket").values.bucket).toBe(names.sourceBucket(ACCOUNT_ID));
    expect(qa.at("processed-bucket/bucket").values.bucket).toBe(names.processedBucket(ACCOUNT_ID));
    expect(qa.at("access-log-bucket/bucket").values.bucket).toBe(names.accessLogBucket(ACCOUNT_ID));
    expect(qa.at("metadata-table/table").values.name).toBe(names.metadataTable);
    expect(qa.at("dead-letter-queue/queue").values.name).toBe(names.deadLetterQueue);
    expect(qa.at("image-processor/function").values.function_name).toBe(names.imageProcessor);
    expect(qa.at("failure-recorder/function").values.function_name).toBe(names.failureRecorder);
    expect(qa.at("alarm-topic/topic").values.name).toBe(names.alarmTopic);
    expect(qa.at("pipeline-dashboard/dashboard").values.dashboard_name).toBe(names.dashboard);
  });

  test("tags everything", () => {
    expect(synthesizedStack({ ENVIRONMENT_SUFFIX: "qa", AWS_REGION: "eu-west-1" }).json.provider).toEqual({
      archive: [{}],
      aws: [
        {
          region: "eu-west-1",
          default_tags: [{ tags: { Project: "image-pipeline", Environment: "qa", ManagedBy: "cdktf" } }],
        },
      ],
    });
  });

  test("has the reference's outputs, and three more", () => {
    expect(synthesizedStack().json.output).toEqual({
      SourceBucketName: {
        description: "Name of the source image bucket",
        value: `\${${synthesizedStack().at("source-bucket/bucket").address}.bucket}`,
      },
      ProcessedBucketName: {
        description: "Name of the processed image bucket",
        value: `\${${synthesizedStack().at("processed-bucket/bucket").address}.bucket}`,
      },
      MetadataTableName: {
        description: "Name of the DynamoDB metadata table",
        value: `\${${synthesizedStack().at("metadata-table/table").address}.name}`,
      },
      LambdaFunctionName: {
        description: "Name of the image processor Lambda function",
        value: `\${${synthesizedStack().at("image-processor/function").address}.function_name}`,
      },
      FailureRecorderName: {
        description: "Name of the failure recorder Lambda function",
        value: `\${${synthesizedStack().at("failure-recorder/function").address}.function_name}`,
      },
      DeadLetterQueueUrl: {
        description: "URL of the queue of events that were given up",
        value: `\${${synthesizedStack().at("dead-letter-queue/queue").address}.url}`,
      },
      Region: { description: "AWS region of the environment", value: "us-east-1" },
    });
  });
});

describe.each([
  ["source-bucket", "photo-uploads"],
  ["processed-bucket", "photo-processed"],
  ["access-log-bucket", "photo-access-logs"],
])("%s", (id, name) => {
  test("is kept for ever, and never emptied", () => {
    expect(values(`${id}/bucket`)).toEqual({
      bucket: `${name}-${ACCOUNT_ID}-dev`,
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  test("is closed to the public", () => {
    expect(values(`${id}/public-access-block`)).toEqual({
      bucket: `${name}-${ACCOUNT_ID}-dev`,
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
  });

  test("is encrypted by S3", () => {
    expect(values(`${id}/server-side-encryption-configuration`).rule).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" }, blocked_encryption_types: ["SSE-C"] },
    ]);
  });

  test("is not versioned", () => {
    expect(synthesizedStack().has(`${id}/versioning`)).toBe(false);
  });
});

describe("the source bucket", () => {
  test("moves uploads to cheaper storage after 30 and 90 days", () => {
    expect(values("source-bucket/lifecycle-configuration").rule).toEqual([
      {
        id: "MoveOriginalsToCheaperStorage",
        status: "Enabled",
        filter: [{ prefix: "uploads/" }],
        transition: [
          { days: 30, storage_class: "STANDARD_IA" },
          { days: 90, storage_class: "GLACIER_IR" },
        ],
      },
      ABORT_UPLOADS,
    ]);
  });

  test("takes uploads from browsers", () => {
    expect(values("source-bucket/cors-configuration").cors_rule).toEqual([
      {
        allowed_methods: ["PUT", "POST", "GET"],
        allowed_origins: ["*"],
        allowed_headers: ["*"],
        max_age_seconds: 3600,
      },
    ]);
  });

  test("sends its events to the function and to EventBridge, in one notification", () => {
    const stack = synthesizedStack();
    expect(stack.ofType("aws_s3_bucket_notification")).toHaveLength(1);
    expect(values("upload-trigger/notification")).toEqual({
      bucket: `photo-uploads-${ACCOUNT_ID}-dev`,
      eventbridge: true,
      lambda_function: [
        {
          id: "uploads",
          events: ["s3:ObjectCreated:*"],
          filter_prefix: "uploads/",
          lambda_function_arn: arn("lambda", "function:image-processor-dev"),
        },
      ],
      depends_on: [stack.at("upload-trigger/permission").address],
    });
  });

  test("may invoke the function, it alone and of this account alone", () => {
    expect(values("upload-trigger/permission")).toEqual({
      statement_id: "AllowUploadsFromSourceBucket",
      action: "lambda:InvokeFunction",
      principal: "s3.amazonaws.com",
      function_name: "image-processor-dev",
      source_arn: `arn:aws:s3:::photo-uploads-${ACCOUNT_ID}-dev`,
      source_account: ACCOUNT_ID,
    });
  });
});

describe("the processed bucket", () => {
  test("drops previews after a year", () => {
    expect(values("processed-bucket/lifecycle-configuration").rule).toEqual([
      { id: "DeleteOldPreviews", status: "Enabled", filter: [{ prefix: "previews/" }], expiration: [{ days: 365 }] },
      ABORT_UPLOADS,
    ]);
  });

  test("has neither CORS nor events", () => {
    expect(synthesizedStack().has("processed-bucket/cors-configuration")).toBe(false);
    expect(synthesizedStack().ofType("aws_s3_bucket_cors_configuration")).toHaveLength(1);
  });
});

test("the metadata table", () => {
  expect(values("metadata-table/table")).toEqual({
    name: "image-metadata-dev",
    billing_mode: "PAY_PER_REQUEST",
    hash_key: "imageId",
    range_key: "timestamp",
    attribute: [
      { name: "imageId", type: "S" },
      { name: "timestamp", type: "N" },
      { name: "processingStatus", type: "S" },
      { name: "userId", type: "S" },
    ],
    global_secondary_index: [
      { name: "StatusIndex", hash_key: "processingStatus", range_key: "timestamp", projection_type: "ALL" },
      { name: "UserIndex", hash_key: "userId", range_key: "timestamp", projection_type: "ALL" },
    ],
    stream_enabled: true,
    stream_view_type: "NEW_AND_OLD_IMAGES",
    ttl: { attribute_name: "ttl", enabled: true },
    point_in_time_recovery: { enabled: true },
    deletion_protection_enabled: true,
    lifecycle: { prevent_destroy: true },
  });
});

describe("the image processor", () => {
  test("has a role of its own with a description", () => {
    expect(values("image-processor/role/role")).toMatchObject({
      name: "image-processor-dev",
      description: "Role for image processing Lambda function",
    });
  });

  test("logs to a group of its own, for a week, kept when the stack goes", () => {
    expect(values("image-processor/log-group")).toEqual({
      name: "/aws/lambda/image-processor-dev",
      retention_in_days: 7,
      skip_destroy: true,
    });
  });

  test("is the reference's function", () => {
    const stack = synthesizedStack();
    const archive = stack.at("image-processor/package/file");
    expect(values("image-processor/function")).toEqual({
      function_name: "image-processor-dev",
      description: "Makes previews and a record of every uploaded image",
      role: `\${${stack.at("image-processor/role/role").address}.arn}`,
      runtime: "nodejs24.x",
      architectures: ["x86_64"],
      handler: "index.handler",
      filename: "image-processor.zip",
      source_code_hash: `\${${archive.address}.output_base64sha256}`,
      memory_size: 1024,
      timeout: 30,
      reserved_concurrent_executions: 10,
      ephemeral_storage: { size: 1024 },
      tracing_config: { mode: "Active" },
      dead_letter_config: { target_arn: arn("sqs", "image-processor-dlq-dev") },
      logging_config: { log_format: "Text", log_group: "/aws/lambda/image-processor-dev" },
      environment: {
        variables: {
          SOURCE_BUCKET: `photo-uploads-${ACCOUNT_ID}-dev`,
          PROCESSED_BUCKET: `photo-processed-${ACCOUNT_ID}-dev`,
          METADATA_TABLE: "image-metadata-dev",
          LOG_LEVEL: "INFO",
          MAX_IMAGE_SIZE: "10485760",
          MAX_IMAGE_PIXELS: "50000000",
          PREVIEW_SIZES: "150x150,300x300,800x800",
          PREVIEW_FORMAT: "auto",
          RECORD_TTL_DAYS: "365",
          MALLOC_ARENA_MAX: "1",
        },
      },
      depends_on: [stack.at("image-processor/role/policy").address, stack.at("image-processor/log-group").address],
    });
  });

  test("is zipped from a relative directory with fixed modes", () => {
    expect(values("image-processor/package/file")).toEqual({
      type: "zip",
      source_dir: expect.stringMatching(/^assets\/image_processor_package_directory\/[0-9a-f]{32}$/),
      output_path: "image-processor.zip",
      output_file_mode: "0644",
    });
  });

  test("gives events up after an hour or two retries, and reports them to the recorder", () => {
    expect(values("image-processor-invocation/event-invoke-config")).toEqual({
      function_name: "image-processor-dev",
      maximum_event_age_in_seconds: 3600,
      maximum_retry_attempts: 2,
      destination_config: { on_failure: { destination: arn("lambda", "function:image-failure-recorder-dev") } },
      depends_on: [synthesizedStack().at("image-processor/role/policy").address],
    });
  });
});

describe("the failure recorder", () => {
  test("is small, and shares the account's concurrency", () => {
    const stack = synthesizedStack();
    expect(values("failure-recorder/function")).toEqual({
      function_name: "image-failure-recorder-dev",
      description: "Records images as failed when their processing gave up or died",
      role: `\${${stack.at("failure-recorder/role/role").address}.arn}`,
      runtime: "nodejs24.x",
      architectures: ["x86_64"],
      handler: "index.handler",
      filename: "failure-recorder.zip",
      source_code_hash: `\${${stack.at("failure-recorder/package/file").address}.output_base64sha256}`,
      memory_size: 256,
      timeout: 30,
      tracing_config: { mode: "Active" },
      dead_letter_config: { target_arn: arn("sqs", "image-processor-dlq-dev") },
      logging_config: { log_format: "Text", log_group: "/aws/lambda/image-failure-recorder-dev" },
      environment: {
        variables: {
          SOURCE_BUCKET: `photo-uploads-${ACCOUNT_ID}-dev`,
          METADATA_TABLE: "image-metadata-dev",
          LOG_LEVEL: "INFO",
          RECORD_TTL_DAYS: "365",
        },
      },
      depends_on: [stack.at("failure-recorder/role/policy").address, stack.at("failure-recorder/log-group").address],
    });
  });

  test("is retried like the processor, and reports to nobody", () => {
    const { maximum_event_age_in_seconds, maximum_retry_attempts } = values(
      "image-processor-invocation/event-invoke-config",
    );
    expect(values("failure-recorder-invocation/event-invoke-config")).toEqual({
      function_name: "image-failure-recorder-dev",
      maximum_event_age_in_seconds,
      maximum_retry_attempts,
      depends_on: [synthesizedStack().at("failure-recorder/role/policy").address],
    });
  });
});

test("the dead letter queue keeps events for 14 days, encrypted", () => {
  expect(values("dead-letter-queue/queue")).toEqual({
    name: "image-processor-dlq-dev",
    message_retention_seconds: 1_209_600,
    sqs_managed_sse_enabled: true,
  });
});

test("the dashboard begins with the reference's two graphs, at their place", () => {
  const metric = (name: string, stat: string) => ["AWS/Lambda", name, "FunctionName", "image-processor-dev", { stat }];
  const widget = { type: "metric", y: 0, width: 12, height: 6 };
  const properties = { view: "timeSeries", region: "us-east-1" };
  const body = JSON.parse(String(values("pipeline-dashboard/dashboard").dashboard_body));
  expect({ ...body, widgets: body.widgets.slice(0, 2) }).toEqual({
    start: "-PT6H",
    widgets: [
      {
        ...widget,
        x: 0,
        properties: {
          ...properties,
          title: "Lambda Invocations",
          metrics: [metric("Invocations", "Sum"), metric("Errors", "Sum")],
        },
      },
      {
        ...widget,
        x: 12,
        properties: { ...properties, title: "Lambda Duration", metrics: [metric("Duration", "Average")] },
      },
    ],
  });
});

describe("the alarms", () => {
  const ALARM = {
    period: 300,
    comparison_operator: "GreaterThanOrEqualToThreshold",
    treat_missing_data: "notBreaching",
    alarm_actions: [arn("sns", "image-pipeline-alarms-dev")],
  };

  test.each([
    [
      "high-error-rate",
      {
        alarm_name: "image-processor-high-error-rate-dev",
        alarm_description: expect.stringMatching(/^Alert when Lambda error rate is too high/),
        namespace: "AWS/Lambda",
        metric_name: "Errors",
        dimensions: { FunctionName: "image-processor-dev" },
        statistic: "Sum",
        threshold: 10,
        evaluation_periods: 2,
      },
    ],
    [
      "high-duration",
      {
        alarm_name: "image-processor-high-duration-dev",
        alarm_description: expect.stringMatching(/^Alert when Lambda duration is too high/),
        namespace: "AWS/Lambda",
        metric_name: "Duration",
        dimensions: { FunctionName: "image-processor-dev" },
        statistic: "Average",
        threshold: 20_000,
        evaluation_periods: 2,
      },
    ],
  ])("%s", (id, alarm) => {
    expect(values(`pipeline-alarms/${id}`)).toEqual({ ...ALARM, ...alarm });
  });

  test("tell the topic", () => {
    for (const { values: alarm } of synthesizedStack().ofType("aws_cloudwatch_metric_alarm"))
      expect(alarm).toMatchObject({
        treat_missing_data: "notBreaching",
        alarm_actions: [arn("sns", "image-pipeline-alarms-dev")],
      });
  });
});
