import type { PlannedChange, Synthesized } from "./planned-change";

const QUEUE_MODE = { UPLOAD_TRIGGER: "queue" };
const FOREIGN = "999999999999";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:image-pipeline-alarms-dev";

type Edit = (resource: Synthesized, json: Synthesized) => void;
const change = (name: string, edit: Edit, from?: PlannedChange["from"]): PlannedChange => ({
  name,
  ...(from === undefined ? {} : { from }),
  edit: (json) => edit(json.resource, json),
});

const processor = (resource: Synthesized) => resource.aws_lambda_function.image_processor;
const variables = (resource: Synthesized) => processor(resource).environment.variables;
const alarm = (resource: Synthesized, name: string) => resource.aws_cloudwatch_metric_alarm[`pipeline_alarms_${name}`];
const upload = (resource: Synthesized) => resource.aws_s3_bucket_notification.upload_trigger.lambda_function[0];
const rules = (resource: Synthesized, bucket: string) => resource.aws_s3_bucket_lifecycle_configuration[bucket].rule;
const table = (resource: Synthesized) => resource.aws_dynamodb_table.metadata_table;
const invocation = (resource: Synthesized) =>
  resource.aws_lambda_function_event_invoke_config.image_processor_invocation;
const mapping = (resource: Synthesized) => resource.aws_lambda_event_source_mapping.queued_uploads_image_processor;
const queue = (resource: Synthesized) => resource.aws_sqs_queue.queued_uploads_upload_queue;
const allow = (principal: unknown, condition?: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: principal,
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::photo-processed-123456789012-dev/*",
        Condition: condition,
      },
    ],
  });
const trust = (principal: unknown, action: string, condition?: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: principal, Action: action, Condition: condition }],
  });
const GITHUB = { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" };

/** Ordinary work on the pipeline. */
const EVERYDAY: readonly PlannedChange[] = [
  change("tags-of-one", (r) => {
    r.aws_s3_bucket.source_bucket.tags = { Owner: "photos" };
  }),
  change("dashboard-body", (r) => {
    r.aws_cloudwatch_dashboard.pipeline_dashboard.dashboard_body = JSON.stringify({ widgets: [] });
  }),
  change("function-description", (r) => {
    processor(r).description = "Makes previews";
  }),
  change("role-description", (r) => {
    r.aws_iam_role.image_processor_role.description = "Role of the function that makes previews";
  }),
  change("alarm-description", (r) => {
    alarm(r, "throttles").alarm_description = "Look at the concurrency.";
  }),
  change("alarm-of-more", (r) => {
    alarm(r, "throttles").threshold += 5;
  }),
  change("log-retention-year", (r) => {
    r.aws_cloudwatch_log_group.image_processor.retention_in_days = 365;
  }),
  change("log-level", (r) => {
    variables(r).LOG_LEVEL = "WARN";
  }),
  change("preview-sizes", (r) => {
    variables(r).PREVIEW_SIZES = "100x100,400x400";
  }),
  change("image-size-raised", (r) => {
    variables(r).MAX_IMAGE_SIZE = "20971520";
  }),
  change("variable-added", (r) => {
    variables(r).PHOTO_FACTS = "true";
  }),
  change("timeout-raised", (r) => {
    processor(r).timeout = 60;
  }),
  change("scratch-raised", (r) => {
    processor(r).ephemeral_storage.size = 2048;
  }),
  change("concurrency-raised", (r) => {
    processor(r).reserved_concurrent_executions = 20;
  }),
  change("recorder-memory-raised", (r) => {
    r.aws_lambda_function.failure_recorder.memory_size = 512;
  }),
  change("query-changed", (r) => {
    r.aws_cloudwatch_query_definition.saved_log_queries_reasons.query_string = "fields @message";
  }),
  change("query-added", (r) => {
    r.aws_cloudwatch_query_definition.mine = { name: "mine", query_string: "fields @message" };
  }),
  change("alarm-added", (r) => {
    r.aws_cloudwatch_metric_alarm.mine = { ...alarm(r, "throttles"), alarm_name: "mine" };
  }),
  change("cors-age", (r) => {
    r.aws_s3_bucket_cors_configuration.source_bucket.cors_rule[0].max_age_seconds = 600;
  }),
  change("previews-kept-longer", (r) => {
    rules(r, "processed_bucket")[0].expiration[0].days = 730;
  }),
  change("previews-kept-for-ever", (r) => {
    rules(r, "processed_bucket").shift();
  }),
  change("topic-name-shown", (r) => {
    r.aws_sns_topic.alarm_topic.display_name = "Images";
  }),
  change("recovery-longer", (r) => {
    table(r).point_in_time_recovery.recovery_period_in_days = 35;
  }),
  change("queue-polls-longer", (r) => {
    r.aws_sqs_queue.dead_letter_queue.receive_wait_time_seconds = 20;
  }),
  change("access-log-longer", (r) => {
    rules(r, "access_log_bucket")[0].expiration[0].days = 180;
  }),
  change("policy-statement-renamed", (r) => {
    const role = r.aws_iam_role_policy.image_processor_role;
    role.policy = role.policy.replace("ReadObjects", "ReadOriginals");
  }),
  change("event-age-longer", (r) => {
    invocation(r).maximum_event_age_in_seconds = 7200;
  }),
];

/** Changes after which images are no longer worked on, or nobody is told. */
const SILENCE: readonly PlannedChange[] = [
  change("filter-prefix", (r) => {
    upload(r).filter_prefix = "upload/";
  }),
  change("filter-suffix", (r) => {
    upload(r).filter_suffix = ".jpg";
  }),
  change("events-narrowed", (r) => {
    upload(r).events = ["s3:ObjectCreated:Put"];
  }),
  change("trigger-removed", (r) => {
    delete r.aws_s3_bucket_notification.upload_trigger.lambda_function;
  }),
  change("trigger-elsewhere", (r) => {
    upload(r).lambda_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:other";
  }),
  change("failures-dropped", (r) => {
    delete invocation(r).destination_config;
  }),
  change("no-retries", (r) => {
    invocation(r).maximum_retry_attempts = 0;
  }),
  change("event-age-minute", (r) => {
    invocation(r).maximum_event_age_in_seconds = 60;
  }),
  change("concurrency-none", (r) => {
    processor(r).reserved_concurrent_executions = 0;
  }),
  change("metric-misspelt", (r) => {
    alarm(r, "throttles").metric_name = "Throttle";
  }),
  change("threshold-unreachable", (r) => {
    alarm(r, "high_duration").threshold = 1_000_000;
  }),
  change("threshold-thousandfold", (r) => {
    alarm(r, "throttles").threshold = 1_000_000;
  }),
  change("silence-is-fine", (r) => {
    alarm(r, "throttles").treat_missing_data = "ignore";
  }),
  change("alarm-quiet", (r) => {
    alarm(r, "throttles").actions_enabled = false;
  }),
  change("composite-false", (r) => {
    r.aws_cloudwatch_composite_alarm.pipeline_alarms_pipeline_unhealthy.alarm_rule = "FALSE";
  }),
  change("composite-tells-nobody", (r) => {
    r.aws_cloudwatch_composite_alarm.pipeline_alarms_pipeline_unhealthy.alarm_actions = [];
  }),
  change("dead-letters-unset", (r) => {
    delete processor(r).dead_letter_config;
  }),
  change("size-limit-tiny", (r) => {
    variables(r).MAX_IMAGE_SIZE = "1";
  }),
  change("table-elsewhere", (r) => {
    variables(r).METADATA_TABLE = "other-table";
  }),
  change("bucket-elsewhere", (r) => {
    variables(r).PROCESSED_BUCKET = "other-bucket";
  }),
  change(
    "mapping-off",
    (r) => {
      mapping(r).enabled = false;
    },
    QUEUE_MODE,
  ),
  change(
    "mapping-filtered",
    (r) => {
      mapping(r).filter_criteria = { filter: [{ pattern: '{"body":{"none":["x"]}}' }] };
    },
    QUEUE_MODE,
  ),
  change(
    "mapping-no-partial",
    (r) => {
      delete mapping(r).function_response_types;
    },
    QUEUE_MODE,
  ),
  change(
    "redrive-count",
    (r) => {
      const policy = JSON.parse(queue(r).redrive_policy);
      queue(r).redrive_policy = JSON.stringify({ ...policy, maxReceiveCount: 1 });
    },
    QUEUE_MODE,
  ),
  change(
    "visibility-short",
    (r) => {
      queue(r).visibility_timeout_seconds = 1;
    },
    QUEUE_MODE,
  ),
  change(
    "queue-delay",
    (r) => {
      queue(r).delay_seconds = 900;
    },
    QUEUE_MODE,
  ),
  change("log-group-key-missing", (r) => {
    r.aws_cloudwatch_log_group.image_processor.kms_key_id = "arn:aws:kms:us-east-1:123456789012:key/none";
  }),
  change("queue-key-missing", (r) => {
    const dead = r.aws_sqs_queue.dead_letter_queue;
    delete dead.sqs_managed_sse_enabled;
    dead.kms_master_key_id = "alias/none";
  }),
  change("handler-misspelt", (r) => {
    processor(r).handler = "index.handle";
  }),
  change("recorder-role-empty", (r) => {
    r.aws_iam_role_policy.failure_recorder_role.policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  }),
];

/** Changes after which data or permissions leave the account, or other code runs. */
const OUTSIDE: readonly PlannedChange[] = [
  change("failures-to-other-account", (r) => {
    invocation(r).destination_config = { on_failure: { destination: `arn:aws:sqs:us-east-1:${FOREIGN}:stolen` } };
  }),
  change("dead-letters-to-other-account", (r) => {
    processor(r).dead_letter_config = { target_arn: `arn:aws:sqs:us-east-1:${FOREIGN}:stolen` };
  }),
  change("notification-to-other-account", (r) => {
    r.aws_s3_bucket_notification.upload_trigger.queue = [
      { events: ["s3:ObjectCreated:*"], queue_arn: `arn:aws:sqs:us-east-1:${FOREIGN}:stolen` },
    ];
  }),
  change("logs-to-other-account", (r) => {
    r.aws_cloudwatch_log_subscription_filter = {
      spy: {
        name: "spy",
        log_group_name: "/aws/lambda/image-processor-dev",
        filter_pattern: "",
        destination_arn: `arn:aws:logs:us-east-1:${FOREIGN}:destination:spy`,
      },
    };
  }),
  change("replication-outside", (r) => {
    r.aws_s3_bucket_replication_configuration = {
      spy: {
        bucket: "photo-uploads-123456789012-dev",
        role: "arn:aws:iam::123456789012:role/copy",
        rule: [{ status: "Enabled", destination: { bucket: "arn:aws:s3:::somebody-elses-bucket" } }],
      },
    };
  }),
  change("inventory-outside", (r) => {
    r.aws_s3_bucket_inventory = {
      spy: {
        bucket: "photo-uploads-123456789012-dev",
        name: "all",
        included_object_versions: "All",
        schedule: { frequency: "Daily" },
        destination: {
          bucket: { bucket_arn: "arn:aws:s3:::somebody-elses-bucket", format: "CSV", account_id: FOREIGN },
        },
      },
    };
  }),
  change("encrypted-with-foreign-key", (r) => {
    r.aws_s3_bucket_server_side_encryption_configuration.source_bucket.rule[0].apply_server_side_encryption_by_default =
      { sse_algorithm: "aws:kms", kms_master_key_id: `arn:aws:kms:us-east-1:${FOREIGN}:key/1` };
  }),
  change("alarm-to-other-account", (r) => {
    alarm(r, "throttles").alarm_actions = [`arn:aws:sns:us-east-1:${FOREIGN}:alarms`];
  }),
  change("alarm-to-web", (r) => {
    r.aws_sns_topic_subscription = {
      hook: { topic_arn: TOPIC, protocol: "https", endpoint: "https://hooks.example.com/alarms" },
    };
  }),
  change("code-from-foreign-bucket", (r) => {
    const fn = processor(r);
    delete fn.filename;
    fn.s3_bucket = "somebody-elses-bucket";
    fn.s3_key = "code.zip";
  }),
  change("layer-added", (r) => {
    processor(r).layers = [`arn:aws:lambda:us-east-1:${FOREIGN}:layer:spy:1`];
  }),
  change("node-options", (r) => {
    variables(r).NODE_OPTIONS = "--require /opt/spy.js";
  }),
  change("exec-wrapper", (r) => {
    variables(r).AWS_LAMBDA_EXEC_WRAPPER = "/opt/spy";
  }),
  change("local-exec", (r, json) => {
    r.terraform_data = { run: { provisioner: [{ "local-exec": { command: "true" } }] } };
    json.terraform.required_version = ">= 1.4";
  }),
  change("tracing-off", (r) => {
    processor(r).tracing_config.mode = "PassThrough";
  }),
  change("trust-github-any", (r) => {
    r.aws_iam_role.image_processor_role.assume_role_policy = trust(GITHUB, "sts:AssumeRoleWithWebIdentity", {
      StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
    });
  }),
  change("trust-github-pattern", (r) => {
    r.aws_iam_role.image_processor_role.assume_role_policy = trust(GITHUB, "sts:AssumeRoleWithWebIdentity", {
      StringLike: { "token.actions.githubusercontent.com:sub": "repo:*" },
    });
  }),
  change("trust-github-own", (r) => {
    r.aws_iam_role.image_processor_role.assume_role_policy = trust(GITHUB, "sts:AssumeRoleWithWebIdentity", {
      StringLike: { "token.actions.githubusercontent.com:sub": "repo:acme/photos:*" },
    });
  }),
  change("public-by-wide-range", (r) => {
    r.aws_s3_bucket_policy.processed_bucket.policy = allow("*", {
      IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] },
    });
  }),
  change("public-by-wildcard-arn", (r) => {
    r.aws_s3_bucket_policy.processed_bucket.policy = allow("*", {
      ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/reader" },
    });
  }),
  change("public-by-variable", (r) => {
    r.aws_s3_bucket_policy.processed_bucket.policy = allow("*", {
      StringEquals: { "aws:PrincipalAccount": "$${aws:PrincipalAccount}" },
    });
  }),
  change("bucket-policy-other-account", (r) => {
    const policy = r.aws_s3_bucket_policy.processed_bucket;
    const document = JSON.parse(policy.policy);
    document.Statement.push(JSON.parse(allow({ AWS: `arn:aws:iam::${FOREIGN}:root` })).Statement[0]);
    policy.policy = JSON.stringify(document);
  }),
  change("acl-grant-other-account", (r) => {
    r.aws_s3_bucket_acl = {
      spy: {
        bucket: "photo-access-logs-123456789012-dev",
        access_control_policy: {
          owner: { id: "own" },
          grant: [{ permission: "READ", grantee: { type: "CanonicalUser", id: "somebody-else" } }],
        },
      },
    };
  }),
];

/** Changes of how data is kept. */
const KEEPING: readonly PlannedChange[] = [
  change("originals-to-glacier", (r) => {
    rules(r, "source_bucket")[0].transition[0].storage_class = "GLACIER";
  }),
  change("old-versions-expire", (r) => {
    rules(r, "processed_bucket").push({
      id: "old",
      status: "Enabled",
      filter: [{}],
      noncurrent_version_expiration: [{ noncurrent_days: 1 }],
    });
  }),
  change("small-objects-expire", (r) => {
    rules(r, "source_bucket").push({
      id: "small",
      status: "Enabled",
      filter: [{ object_size_greater_than: 1 }],
      expiration: [{ days: 1 }],
    });
  }),
  change("index-removed", (r) => {
    table(r).global_secondary_index.shift();
    table(r).attribute = table(r).attribute.filter((a: { name: string }) => a.name !== "processingStatus");
  }),
  change("index-narrowed", (r) => {
    table(r).global_secondary_index[0].projection_type = "KEYS_ONLY";
  }),
  change("stream-view", (r) => {
    table(r).stream_view_type = "KEYS_ONLY";
  }),
  change("ttl-attribute", (r) => {
    table(r).ttl.attribute_name = "expiresAt";
  }),
  change("billing-mode", (r) => {
    Object.assign(table(r), { billing_mode: "PROVISIONED", read_capacity: 1, write_capacity: 1 });
  }),
  change("force-destroy", (r) => {
    r.aws_s3_bucket.source_bucket.force_destroy = true;
  }),
  change("ownership-loosened", (r) => {
    r.aws_s3_bucket_ownership_controls.source_bucket.rule.object_ownership = "ObjectWriter";
  }),
  change("access-log-elsewhere", (r) => {
    r.aws_s3_bucket_logging.source_bucket.target_bucket = "somebody-elses-bucket";
  }),
  change("log-group-unprotected", (r) => {
    r.aws_cloudwatch_log_group.image_processor.skip_destroy = false;
  }),
  change("customer-key-allowed", (r) => {
    r.aws_s3_bucket_server_side_encryption_configuration.source_bucket.rule[0].bucket_key_enabled = false;
  }),
];

export const PIPELINE_CHANGES: readonly PlannedChange[] = [...EVERYDAY, ...SILENCE, ...OUTSIDE, ...KEEPING];
