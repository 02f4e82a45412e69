import { FAILURE_RECORDER, visibilityTimeoutSeconds } from "../../contract/deployment";
import { DEFAULT_SETTINGS } from "../../contract/read-settings";
import { ACCOUNT_ID, synthesizedStack } from "../support/synthesized-stack";

const QUEUE = { UPLOAD_TRIGGER: "queue" };
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT_ID}:${resource}`;
const UPLOADS = arn("sqs", "image-uploads-dev");
const FAILED = arn("sqs", "image-uploads-failed-dev");
const SOURCE = `arn:aws:s3:::photo-uploads-${ACCOUNT_ID}-dev`;

const values = (path: string, environment = {}) => synthesizedStack({ ...QUEUE, ...environment }).at(path).values;
const statements = (path: string) => JSON.parse(String(values(path).policy)).Statement;
const addresses = (environment: Record<string, string>) =>
  synthesizedStack(environment).elements.map(({ address }) => address);

describe("UPLOAD_TRIGGER=queue", () => {
  test("adds queues and their consumers, and keeps the permission to invoke", () => {
    const [without, with_] = [addresses({}), addresses(QUEUE)];
    expect(with_.filter((address) => !without.includes(address)).sort()).toEqual([
      "aws_cloudwatch_metric_alarm.pipeline_alarms_unrecorded_failures",
      "aws_cloudwatch_query_definition.saved_log_queries_unrecorded_failures",
      "aws_lambda_event_source_mapping.queued_uploads_failure_recorder",
      "aws_lambda_event_source_mapping.queued_uploads_image_processor",
      "aws_sqs_queue.queued_uploads_failed_queue",
      "aws_sqs_queue.queued_uploads_upload_queue",
      "aws_sqs_queue_policy.queued_uploads_failed_queue",
      "aws_sqs_queue_policy.queued_uploads_upload_queue",
    ]);
    expect(without.filter((address) => !with_.includes(address))).toEqual([]);
  });

  test("sends the bucket's events to the queue and to EventBridge, in one notification", () => {
    const stack = synthesizedStack(QUEUE);
    expect(stack.ofType("aws_s3_bucket_notification")).toHaveLength(1);
    expect(values("upload-trigger/notification")).toEqual({
      bucket: `photo-uploads-${ACCOUNT_ID}-dev`,
      eventbridge: true,
      queue: [{ id: "uploads", events: ["s3:ObjectCreated:*"], filter_prefix: "uploads/", queue_arn: UPLOADS }],
      depends_on: ["upload-trigger/permission", "queued-uploads/upload-queue/policy"].map(
        (path) => stack.at(path).address,
      ),
    });
  });

  test("keeps uploads for days, hidden for six time limits, and moves them on after three receives", () => {
    const queue = values("queued-uploads/upload-queue/queue", { QUEUE_RETENTION_DAYS: "4", LAMBDA_TIMEOUT_S: "60" });
    expect({ ...queue, redrive_policy: JSON.parse(String(queue.redrive_policy)) }).toEqual({
      name: "image-uploads-dev",
      message_retention_seconds: 345_600,
      visibility_timeout_seconds: 360,
      sqs_managed_sse_enabled: true,
      redrive_policy: { deadLetterTargetArn: FAILED, maxReceiveCount: 3 },
    });
    expect(values("queued-uploads/failed-queue/queue")).toEqual({
      name: "image-uploads-failed-dev",
      message_retention_seconds: 1_209_600,
      visibility_timeout_seconds: visibilityTimeoutSeconds(FAILURE_RECORDER.timeoutSeconds),
      sqs_managed_sse_enabled: true,
    });
  });

  test("hands one message at a time to each function, as many at once as are reserved otherwise", () => {
    const common = { batch_size: 1, function_response_types: ["ReportBatchItemFailures"] };
    expect(values("queued-uploads/image-processor/event-source-mapping", { RESERVED_CONCURRENCY: "70" })).toMatchObject(
      {
        ...common,
        event_source_arn: UPLOADS,
        function_name: "image-processor-dev",
        scaling_config: { maximum_concurrency: 70 },
      },
    );
    expect(values("image-processor/function")).not.toHaveProperty("reserved_concurrent_executions");
    const recorder = values("queued-uploads/failure-recorder/event-source-mapping");
    expect(recorder).toMatchObject({
      ...common,
      event_source_arn: FAILED,
      function_name: "image-failure-recorder-dev",
    });
    expect(recorder).not.toHaveProperty("scaling_config");
    expect(
      values("queued-uploads/image-processor/event-source-mapping", { RESERVED_CONCURRENCY: "none" }),
    ).not.toHaveProperty("scaling_config");
  });

  test("waits with each mapping until the role may read the queue", () => {
    const stack = synthesizedStack(QUEUE);
    for (const id of ["image-processor", "failure-recorder"])
      expect(values(`queued-uploads/${id}/event-source-mapping`).depends_on).toEqual([
        stack.at(`${id}/role/policy`).address,
      ]);
  });

  test("lets S3 send for this bucket of this account alone, over TLS alone", () => {
    const deny = (Resource: string) => ({
      Sid: "DenyInsecureTransport",
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: "sqs:*",
      Resource,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
    expect(statements("queued-uploads/upload-queue/policy")).toEqual([
      deny(UPLOADS),
      {
        Sid: "AllowUploadsFromSourceBucket",
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: ["sqs:SendMessage"],
        Resource: UPLOADS,
        Condition: {
          ArnLike: { "aws:SourceArn": SOURCE },
          StringEquals: { "aws:SourceAccount": ACCOUNT_ID },
        },
      },
    ]);
    expect(statements("queued-uploads/failed-queue/policy")).toEqual([deny(FAILED)]);
  });

  test.each([
    ["image-processor", UPLOADS],
    ["failure-recorder", FAILED],
  ])("lets the %s take messages from its own queue, beside what it may anyway", (id, Resource) => {
    const anyway = JSON.parse(String(synthesizedStack().at(`${id}/role/policy`).values.policy)).Statement;
    expect(statements(`${id}/role/policy`)).toEqual([
      ...anyway,
      {
        Sid: "ConsumeMessages",
        Effect: "Allow",
        Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        Resource,
      },
    ]);
  });

  test("watches the age of the queue, and what was recorded as failed", () => {
    expect(values("pipeline-alarms/event-age")).toMatchObject({
      alarm_name: "image-processor-event-age-dev",
      namespace: "AWS/SQS",
      metric_name: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: "image-uploads-dev" },
      threshold: DEFAULT_SETTINGS.ALARM_EVENT_AGE_S,
    });
    expect(values("pipeline-alarms/dropped-events")).toMatchObject({
      namespace: "ImagePipeline",
      metric_name: "ImagesFailed",
      dimensions: { FunctionName: "image-failure-recorder-dev" },
    });
  });

  test("tells the recorder where dead letters go", () => {
    const address = synthesizedStack(QUEUE).at("dead-letter-queue/queue").address;
    expect(values("failure-recorder/function").environment).toMatchObject({
      variables: { DEAD_LETTER_QUEUE_URL: `\${${address}.url}` },
    });
  });

  test("keeps what an operator's own invocations need", () => {
    for (const path of [
      "image-processor-invocation/event-invoke-config",
      "failure-recorder-invocation/event-invoke-config",
    ])
      expect(values(path)).toEqual(synthesizedStack().at(path).values);
  });

  test("also puts out the URLs of its queues", () => {
    const added = Object.keys(synthesizedStack(QUEUE).json.output as object).filter(
      (name) => !(name in (synthesizedStack().json.output as object)),
    );
    expect(added).toEqual(["UploadQueueUrl", "FailedQueueUrl"]);
  });

  test("knows every policy before anything exists", () => {
    for (const { address, values: known } of synthesizedStack(QUEUE).elements)
      for (const attribute of ["policy", "assume_role_policy", "redrive_policy"])
        if (attribute in known) expect(`${address} ${known[attribute]}`).not.toContain("${");
  });
});

describe("UPLOAD_TRIGGER=drain", () => {
  const DRAIN = { UPLOAD_TRIGGER: "drain" };

  test("differs from queue mode in the notification alone, which names the function", () => {
    const [queue, drain] = [synthesizedStack(QUEUE), synthesizedStack(DRAIN)];
    const differing = drain.elements.filter(
      ({ path, written }) => JSON.stringify(written) !== JSON.stringify(queue.at(path).written),
    );
    expect(differing.map(({ path }) => path)).toEqual(["upload-trigger/notification"]);
    expect(drain.elements).toHaveLength(queue.elements.length);
    expect(drain.json.output).toEqual(queue.json.output);
    expect(drain.at("upload-trigger/notification").values).toMatchObject({
      lambda_function: [
        { filter_prefix: "uploads/", lambda_function_arn: arn("lambda", "function:image-processor-dev") },
      ],
    });
    expect(drain.at("upload-trigger/notification").values).not.toHaveProperty("queue");
  });
});
