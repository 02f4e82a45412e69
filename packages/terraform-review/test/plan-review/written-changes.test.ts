import { renderText } from "../../src/plan/render/text";
import { planWith, resourceChange, reviewOf, type WrittenChange } from "../support/plan-with";

const NO_LIMIT = 1_000_000;
const BUCKET = { bucket: "photos", id: "photos", force_destroy: false };

function textOf(plan: Uint8Array, allowed: readonly string[] = []): string {
  return renderText([reviewOf(plan, allowed)], [], NO_LIMIT);
}

function policyOf(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

const update = (type: string, before: WrittenChange["before"], after: WrittenChange["after"], rest: object = {}) =>
  planWith([{ type, actions: ["update"], before, after, ...rest }]);

describe("actions that plans of this stack do not have", () => {
  test("a deposed bucket holds data", () => {
    const plan = planWith([{ type: "aws_s3_bucket", actions: ["delete"], before: BUCKET, deposed: "ab12cd34" }]);
    expect(textOf(plan)).toMatch(/^BLOCK[\s\S]*what a replacement left behind \(ab12cd34\) is destroyed/);
  });

  test("an action of a later Terraform is named", () => {
    const plan = planWith([{ type: "aws_s3_bucket", actions: ["hibernate"], before: BUCKET, after: BUCKET }]);
    expect(textOf(plan)).toMatch(/^REVIEW[\s\S]*does not know what hibernate does/);
  });

  test("a forgotten bucket stays in AWS", () => {
    const plan = planWith([{ type: "aws_s3_bucket", actions: ["forget"], before: BUCKET }]);
    expect(textOf(plan)).toMatch(/^REVIEW[\s\S]*leaves Terraform's sight and stays in AWS/);
  });

  test("deferred changes and unfinished plans are looked at", () => {
    const deferred = resourceChange({ type: "aws_s3_bucket", actions: ["create"], after: BUCKET });
    const fields = {
      deferred_changes: [{ reason: "resource_config_unknown", resource_change: deferred }],
      complete: false,
    };
    const text = textOf(planWith([], fields));
    expect(text).toMatch(/^REVIEW[\s\S]*is left to a later plan: resource_config_unknown/);
    expect(text).toContain("this plan is not complete");
  });

  test("a data source that is read during the apply is no danger", () => {
    const read = { type: "aws_caller_identity", mode: "data", actions: ["read"], after: {} };
    expect(textOf(planWith([read]))).toMatch(/^SAFE[\s\S]*is read during the apply/);
  });

  test("what goes with its bucket is not told twice", () => {
    const block = { bucket: "photos", block_public_acls: true };
    const plan = planWith([
      { type: "aws_s3_bucket", actions: ["delete"], before: BUCKET },
      { type: "aws_s3_bucket_public_access_block", actions: ["delete"], before: block },
    ]);
    expect(reviewOf(plan).findings.filter(({ concern }) => concern === "exposure")).toEqual([]);
    expect(reviewOf(plan, ["aws_s3_bucket.it:destroy=It is empty"]).severity).toBe("review");
  });

  test("a resource of a type without rules is looked at, whatever happens to it", () => {
    const instance = { ami: "ami-1", tags: { Name: "one" } };
    expect(reviewOf(update("aws_instance", instance, { ...instance, ami: "ami-2" })).severity).toBe("review");
    expect(reviewOf(update("aws_instance", instance, { ...instance, tags: { Name: "two" } })).severity).toBe("review");
    expect(reviewOf(planWith([{ type: "aws_instance", actions: ["create"], after: instance }])).severity).toBe(
      "review",
    );
    expect(reviewOf(planWith([{ type: "aws_instance", actions: ["delete"], before: instance }])).severity).toBe(
      "review",
    );
  });

  test("new resources of a type without rules take one line for all of them", () => {
    const many = Array.from({ length: 50 }, (_, index) => ({
      type: "aws_instance",
      name: `i${index}`,
      actions: ["create"],
      after: {},
    }));
    expect(
      textOf(planWith(many))
        .split("\n")
        .filter((text) => text.includes("aws_instance")),
    ).toHaveLength(2);
  });
});

describe("public exposure", () => {
  const everybody = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/*" };
  const sourced = (condition: object) => ({ ...everybody, Condition: condition });

  test.each([
    ["everybody", everybody, "block"],
    ["everybody, in the words of AWS", { ...everybody, Principal: { AWS: ["*"] } }, "block"],
    ["everybody but one", { ...everybody, Principal: undefined, NotPrincipal: { AWS: "123456789012" } }, "block"],
    ["any address", sourced({ IpAddress: { "aws:SourceIp": "0.0.0.0/0" } }), "block"],
    ["any ARN", sourced({ ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } }), "block"],
    ["a referer, which anybody can name", sourced({ StringLike: { "aws:Referer": "https://example.com/*" } }), "block"],
    ["all but an organization", sourced({ StringNotEquals: { "aws:PrincipalOrgID": "o-1" } }), "block"],
    ["an organization", sourced({ StringEquals: { "aws:PrincipalOrgID": "o-1" } }), "review"],
    ["an office", sourced({ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }), "review"],
    ["half of the internet, twice", sourced({ IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } }), "block"],
    [
      "many networks that are narrow alone",
      sourced({ IpAddress: { "aws:SourceIp": ["1.0.0.0/8", "3.0.0.0/8"] } }),
      "block",
    ],
    ["a wide network of IPv6", sourced({ IpAddress: { "aws:SourceIp": "2001::/16" } }), "block"],
    ["a network of IPv6", sourced({ IpAddress: { "aws:SourceIp": "2001:db8::/32" } }), "review"],
    ["a private network", sourced({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }), "review"],
    ["roles of any account", sourced({ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/reader" } }), "block"],
    [
      "whoever they are",
      sourced({ StringEquals: { "aws:PrincipalAccount": ["$", "{aws:PrincipalAccount}"].join("") } }),
      "block",
    ],
    ["organizations of any name", sourced({ StringLike: { "aws:PrincipalOrgID": "o-*" } }), "block"],
    [
      "an organization, or no organization",
      sourced({ StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1" } }),
      "block",
    ],
    ["another account", { ...everybody, Principal: { AWS: "arn:aws:iam::999999999999:root" } }, "review"],
  ])("bucket policy for %s", (_, statement, severity) => {
    const own = { ...everybody, Principal: { AWS: "arn:aws:iam::123456789012:root" } };
    const plan = update("aws_s3_bucket_policy", { policy: policyOf(own) }, { policy: policyOf(own, statement) });
    expect(reviewOf(plan).severity).toBe(severity);
  });

  const provider = (host: string) => ({ Federated: `arn:aws:iam::123456789012:oidc-provider/${host}` });
  const GITHUB = "token.actions.githubusercontent.com";
  test.each([
    ["without a subject", GITHUB, { StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" } }, "block"],
    ["of any repository", GITHUB, { StringLike: { [`${GITHUB}:sub`]: "repo:*" } }, "block"],
    ["of any owner whose name begins like ours", GITHUB, { StringLike: { [`${GITHUB}:sub`]: "repo:acme*" } }, "block"],
    ["of any owner", GITHUB, { StringLike: { [`${GITHUB}:sub`]: "repo:*/photos:ref:refs/heads/main" } }, "block"],
    ["of our repository", GITHUB, { StringLike: { [`${GITHUB}:sub`]: "repo:acme/photos:*" } }, "review"],
    [
      "of one branch",
      GITHUB,
      { StringEquals: { [`${GITHUB}:sub`]: "repo:acme/photos:ref:refs/heads/main" } },
      "review",
    ],
    [
      "of a subject, or none",
      GITHUB,
      { StringEqualsIfExists: { [`${GITHUB}:sub`]: "repo:acme/photos:ref:refs/heads/main" } },
      "block",
    ],
    ["of a cluster without a subject", "oidc.eks.us-east-1.amazonaws.com/id/A", {}, "block"],
  ])("trust in web tokens %s", (_, host, Condition, severity) => {
    const statement = {
      Effect: "Allow",
      Principal: provider(host),
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition,
    };
    const plan = update(
      "aws_iam_role",
      { assume_role_policy: policyOf() },
      { assume_role_policy: policyOf(statement) },
    );
    expect(reviewOf(plan).severity).toBe(severity);
  });

  test("what was public before does not block an unrelated change", () => {
    const other = { Sid: "Other", Effect: "Deny", Principal: "*", Action: "s3:DeleteObject", Resource: "*" };
    const plan = update(
      "aws_s3_bucket_policy",
      { policy: policyOf(everybody) },
      { policy: policyOf(everybody, other) },
    );
    expect(reviewOf(plan).severity).toBe("review");
  });

  test.each<[string, string, object, object, string]>([
    [
      "a role that anybody may assume",
      "aws_iam_role",
      { assume_role_policy: policyOf() },
      { assume_role_policy: policyOf({ ...everybody, Action: "sts:AssumeRole" }) },
      "block",
    ],
    ["an ACL", "aws_s3_bucket_acl", { acl: "private" }, { acl: "public-read" }, "block"],
    [
      "a URL without authorization",
      "aws_lambda_function_url",
      { authorization_type: "AWS_IAM" },
      { authorization_type: "NONE" },
      "block",
    ],
    ["a database", "aws_db_instance", { publicly_accessible: false }, { publicly_accessible: true }, "block"],
    ["a port", "aws_security_group_rule", { cidr_blocks: ["10.0.0.0/8"] }, { cidr_blocks: ["0.0.0.0/0"] }, "review"],
    [
      "ACLs that count again",
      "aws_s3_bucket_ownership_controls",
      { rule: [{ object_ownership: "BucketOwnerEnforced" }] },
      { rule: [{ object_ownership: "ObjectWriter" }] },
      "review",
    ],
    [
      "a switch turned on",
      "aws_s3_bucket_public_access_block",
      { block_public_acls: false },
      { block_public_acls: true },
      "note",
    ],
  ])("%s", (_, type, before, after, severity) => {
    expect(reviewOf(update(type, before as never, after as never)).severity).toBe(severity);
  });

  test("an access block that is made with a gap", () => {
    const block = { bucket: "photos", block_public_acls: true, block_public_policy: false, ignore_public_acls: true };
    const plan = planWith([{ type: "aws_s3_bucket_public_access_block", actions: ["create"], after: block }]);
    expect(textOf(plan)).toMatch(/^BLOCK[\s\S]*block_public_policy: nothing → false/);
  });
});

describe("data protection", () => {
  test.each<[string, string, object, object, string]>([
    ["emptying the bucket allowed", "aws_s3_bucket", BUCKET, { ...BUCKET, force_destroy: true }, "block"],
    [
      "deletion protection of a database",
      "aws_db_instance",
      { deletion_protection: true },
      { deletion_protection: false },
      "block",
    ],
    [
      "deletion protection on",
      "aws_dynamodb_table",
      { deletion_protection_enabled: false },
      { deletion_protection_enabled: true },
      "note",
    ],
    ["a topic's key", "aws_sns_topic", { kms_master_key_id: "alias/photos" }, { kms_master_key_id: null }, "block"],
    [
      "a queue from one key to another",
      "aws_sqs_queue",
      { kms_master_key_id: "a" },
      { kms_master_key_id: null, sqs_managed_sse_enabled: true },
      "review",
    ],
    ["an enabled key", "aws_kms_key", { is_enabled: true }, { is_enabled: false }, "block"],
    ["a replica", "aws_dynamodb_table", { replica: [{ region_name: "eu-west-1" }] }, { replica: [] }, "block"],
    [
      "a table's own key",
      "aws_dynamodb_table",
      { server_side_encryption: [{ enabled: true }] },
      { server_side_encryption: [] },
      "block",
    ],
    [
      "versioning inside a bucket",
      "aws_s3_bucket",
      { versioning: [{ enabled: true }] },
      { versioning: [{ enabled: false }] },
      "block",
    ],
    [
      "a second factor",
      "aws_s3_bucket_versioning",
      { versioning_configuration: [{ status: "Enabled", mfa_delete: "Enabled" }] },
      { versioning_configuration: [{ status: "Enabled", mfa_delete: "Disabled" }] },
      "block",
    ],
    [
      "a shorter lock",
      "aws_s3_bucket_object_lock_configuration",
      { rule: [{ default_retention: [{ days: 365, mode: "COMPLIANCE" }] }] },
      { rule: [{ default_retention: [{ days: 30, mode: "COMPLIANCE" }] }] },
      "block",
    ],
    [
      "a lock that can be lifted",
      "aws_s3_bucket_object_lock_configuration",
      { rule: [{ default_retention: [{ days: 365, mode: "COMPLIANCE" }] }] },
      { rule: [{ default_retention: [{ days: 365, mode: "GOVERNANCE" }] }] },
      "block",
    ],
    ["a secret parameter", "aws_ssm_parameter", { type: "SecureString" }, { type: "String" }, "block"],
    ["a log group's key", "aws_cloudwatch_log_group", { kms_key_id: "a" }, { kms_key_id: "b" }, "review"],
    [
      "code signing",
      "aws_lambda_function",
      { code_signing_config_arn: "a" },
      { code_signing_config_arn: null },
      "review",
    ],
    [
      "keys of customers",
      "aws_s3_bucket_server_side_encryption_configuration",
      { rule: [{ blocked_encryption_types: ["SSE-C"] }] },
      { rule: [{ blocked_encryption_types: [] }] },
      "review",
    ],
    [
      "signatures of viewers",
      "aws_cloudfront_distribution",
      { default_cache_behavior: [{ trusted_key_groups: ["k"] }] },
      { default_cache_behavior: [{ trusted_key_groups: [] }] },
      "block",
    ],
    [
      "backups of a database",
      "aws_db_instance",
      { backup_retention_period: 7 },
      { backup_retention_period: 0 },
      "block",
    ],
    ["log events for ever", "aws_cloudwatch_log_group", { retention_in_days: 0 }, { retention_in_days: 30 }, "review"],
    [
      "log events kept for ever from now on",
      "aws_cloudwatch_log_group",
      { retention_in_days: 30 },
      { retention_in_days: 0 },
      "note",
    ],
  ])("%s", (_, type, before, after, severity) => {
    expect(reviewOf(update(type, before as never, after as never)).severity).toBe(severity);
  });

  test("protection known only after apply is looked at", () => {
    const rest = { after_unknown: { deletion_protection_enabled: true } };
    expect(textOf(update("aws_dynamodb_table", { deletion_protection_enabled: true }, {}, rest))).toMatch(
      /^REVIEW[\s\S]*deletion_protection_enabled: true → known after apply/,
    );
  });

  const rule = (expiration: object, filter: object = {}, status = "Enabled") => ({
    bucket: "photos",
    rule: [{ id: "r", status, filter: [filter], expiration: [expiration] }],
  });

  const other = (part: object) => ({ bucket: "photos", rule: [{ id: "r", status: "Enabled", filter: [{}], ...part }] });
  test.each<[string, object, object, string]>([
    ["old versions", other({}), other({ noncurrent_version_expiration: [{ noncurrent_days: 9 }] }), "block"],
    [
      "fewer old versions",
      other({ noncurrent_version_expiration: [{ noncurrent_days: 9, newer_noncurrent_versions: 5 }] }),
      other({ noncurrent_version_expiration: [{ noncurrent_days: 9, newer_noncurrent_versions: 1 }] }),
      "block",
    ],
    ["an archive", other({}), other({ transition: [{ days: 9, storage_class: "DEEP_ARCHIVE" }] }), "review"],
    [
      "unfinished uploads",
      other({}),
      other({ abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }] }),
      "review",
    ],
  ])("lifecycle: %s", (_, before, after, severity) => {
    expect(reviewOf(update("aws_s3_bucket_lifecycle_configuration", before as never, after as never)).severity).toBe(
      severity,
    );
  });

  test.each<[string, object, object, string]>([
    ["a rule switched on", rule({ days: 30 }, {}, "Disabled"), rule({ days: 30 }), "block"],
    ["a rule switched off", rule({ days: 30 }), rule({ days: 30 }, {}, "Disabled"), "note"],
    ["a wider prefix", rule({ days: 30 }, { prefix: "a/" }), rule({ days: 30 }), "block"],
    ["a narrower prefix", rule({ days: 30 }), rule({ days: 30 }, { prefix: "a/" }), "note"],
    ["tagged objects only", rule({}), rule({ days: 1 }, { tag: [{ key: "temporary", value: "true" }] }), "review"],
    ["a date", rule({}), rule({ date: "2027-01-01T00:00:00Z" }), "block"],
    ["sooner", rule({ days: 30 }), rule({ days: 29 }), "block"],
    ["later", rule({ days: 30 }), rule({ days: 31 }), "note"],
    ["objects of some size", rule({}), rule({ days: 1 }, { object_size_greater_than: 1 }), "block"],
    [
      "objects of more sizes",
      rule({ days: 1 }, { object_size_greater_than: 9 }),
      rule({ days: 1 }, { object_size_greater_than: 1 }),
      "block",
    ],
    ["delete markers", rule({}), rule({ expired_object_delete_marker: true }), "note"],
  ])("expiry: %s", (_, before, after, severity) => {
    expect(reviewOf(update("aws_s3_bucket_lifecycle_configuration", before as never, after as never)).severity).toBe(
      severity,
    );
  });
});

test.each<[string, object]>([
  ["aws_s3_bucket_cors_configuration", { cors_rule: [{ allowed_origins: ["*"] }] }],
  ["aws_s3_bucket_server_side_encryption_configuration", { rule: [{}] }],
  ["aws_s3_bucket_ownership_controls", { rule: [{ object_ownership: "ObjectWriter" }] }],
  ["aws_s3_bucket_notification", {}],
  ["aws_s3_bucket_versioning", { versioning_configuration: [{ status: "Suspended" }] }],
])("a new %s needs a look where its bucket exists", (type, values) => {
  const after = { bucket: "photos", ...values };
  const bucket = (actions: readonly string[]) => ({
    type: "aws_s3_bucket",
    name: "photos",
    actions,
    after: { bucket: "photos" },
  });
  expect(reviewOf(planWith([bucket(["no-op"]), { type, actions: ["create"], after }])).severity).toBe("review");
  if (type === "aws_s3_bucket_versioning") return;
  expect(reviewOf(planWith([bucket(["create"]), { type, actions: ["create"], after }])).severity).toBe("note");
});

describe("what falls silent", () => {
  test.each<[string, object, object, string]>([
    ["aws_s3_bucket_notification", { lambda_function: [{ id: "uploads" }] }, { lambda_function: [] }, "review"],
    [
      "aws_lambda_function_event_invoke_config",
      { destination_config: [{ on_failure: [] }] },
      { destination_config: [] },
      "review",
    ],
    [
      "aws_cloudwatch_metric_alarm",
      { alarm_actions: ["arn:aws:sns:us-east-1:123456789012:alarms"] },
      { alarm_actions: null },
      "note",
    ],
    ["aws_cloudwatch_metric_alarm", { actions_enabled: true }, { actions_enabled: false }, "note"],
    ["aws_cloudwatch_composite_alarm", { alarm_rule: "ALARM(a)" }, { alarm_rule: "FALSE" }, "review"],
    ["aws_dynamodb_table", { stream_enabled: true }, { stream_enabled: false }, "note"],
    ["aws_dynamodb_table", { stream_view_type: "NEW_IMAGE" }, { stream_view_type: "KEYS_ONLY" }, "review"],
    ["aws_sqs_queue", { redrive_policy: '{"maxReceiveCount":5}' }, { redrive_policy: "" }, "review"],
    ["aws_lambda_event_source_mapping", { enabled: true }, { enabled: false }, "note"],
    [
      "aws_lambda_event_source_mapping",
      { filter_criteria: [] },
      { filter_criteria: [{ filter: [{ pattern: "{}" }] }] },
      "review",
    ],
    ["aws_cloudwatch_event_rule", { state: "ENABLED" }, { state: "DISABLED" }, "note"],
    ["aws_pipes_pipe", { desired_state: "RUNNING" }, { desired_state: "STOPPED" }, "note"],
  ])("%s from %j to %j needs a look, and the way back is a %s", (type, before, after, back) => {
    expect(reviewOf(update(type, before as never, after as never)).severity).toBe("review");
    expect(reviewOf(update(type, after as never, before as never)).severity).toBe(back === "note" ? "note" : "review");
  });

  const alarm = (metric: string, threshold: number, comparison = "GreaterThanThreshold") => ({
    ...{ metric_name: metric, threshold, comparison_operator: comparison },
    dimensions: { FunctionName: "worker" },
  });
  const worker = { type: "aws_lambda_function", name: "worker", actions: ["no-op"] };
  const limits = { function_name: "worker", timeout: 30, reserved_concurrent_executions: 10 };

  test.each([
    ["Duration", 20_000, 29_000, "note"],
    ["Duration", 20_000, 30_000, "review"],
    ["ConcurrentExecutions", 5, 9, "note"],
    ["ConcurrentExecutions", 5, 11, "review"],
    ["CPUUtilization", 50, 90, "note"],
    ["CPUUtilization", 50, 101, "review"],
    ["Errors", 0, 5, "note"],
    ["Errors", 1, 9, "note"],
    ["Errors", 1, 1000, "review"],
    ["Errors", 5, 0, "review"],
  ])("a threshold of %s from %d to %d is a %s", (metric, before, after, severity) => {
    const change = {
      type: "aws_cloudwatch_metric_alarm",
      actions: ["update"],
      before: alarm(metric, before),
      after: alarm(metric, after),
    };
    expect(reviewOf(planWith([change, { ...worker, before: limits, after: limits }])).severity).toBe(severity);
  });
});

describe("what leaves the account", () => {
  const own = {
    type: "aws_sqs_queue",
    name: "own",
    actions: ["no-op"],
    before: { arn: "arn:aws:sqs:us-east-1:123456789012:own" },
    after: { arn: "arn:aws:sqs:us-east-1:123456789012:own" },
  };
  const FOREIGN = "999999999999";
  const reviewed = (type: string, after: object) =>
    reviewOf(planWith([own, { type, actions: ["create"], after: after as never }]));

  test.each<[string, object]>([
    ["aws_cloudwatch_log_subscription_filter", { destination_arn: `arn:aws:logs:us-east-1:${FOREIGN}:destination:d` }],
    ["aws_cloudwatch_event_target", { arn: `arn:aws:sqs:us-east-1:${FOREIGN}:q` }],
    [
      "aws_lambda_function_event_invoke_config",
      { destination_config: [{ on_failure: [{ destination: `arn:aws:sqs:us-east-1:${FOREIGN}:q` }] }] },
    ],
    ["aws_s3_bucket_notification", { queue: [{ queue_arn: `arn:aws:sqs:us-east-1:${FOREIGN}:q` }] }],
    [
      "aws_s3_bucket_replication_configuration",
      { rule: [{ destination: [{ bucket: "arn:aws:s3:::somebody-elses" }] }] },
    ],
    ["aws_s3_bucket_inventory", { destination: [{ bucket: [{ bucket_arn: "arn:aws:s3:::somebody-elses" }] }] }],
    ["aws_dynamodb_kinesis_streaming_destination", { stream_arn: `arn:aws:kinesis:us-east-1:${FOREIGN}:stream/s` }],
    ["aws_cloudwatch_event_api_destination", { invocation_endpoint: "https://example.com/events" }],
    ["aws_pipes_pipe", { target: `arn:aws:sqs:us-east-1:${FOREIGN}:q` }],
    ["aws_snapshot_create_volume_permission", { account_id: FOREIGN }],
  ])("%s to %j blocks, and can be allowed by that name alone", (type, after) => {
    const plan = planWith([own, { type, actions: ["create"], after: after as never }]);
    expect(reviewOf(plan).severity).toBe("block");
    expect(reviewOf(plan, [`${type}.it:account=It is ours`]).severity).toBe("review");
    expect(reviewOf(plan, [`${type}.it:public=It is ours`]).severity).toBe("block");
  });

  test.each<[string, object]>([
    ["aws_sns_topic_subscription", { protocol: "email", endpoint: "someone@example.com" }],
    ["aws_sns_topic_subscription", { protocol: "https", endpoint: "https://example.com/alarms" }],
    ["aws_cloudwatch_metric_alarm", { alarm_actions: [`arn:aws:sns:us-east-1:${FOREIGN}:alarms`] }],
    ["aws_lambda_function", { layers: [`arn:aws:lambda:us-east-1:${FOREIGN}:layer:l:1`] }],
    ["aws_lambda_function", { s3_bucket: "somebody-elses" }],
  ])("%s with %j needs a look", (type, after) => {
    expect(reviewed(type, after).severity).toBe("review");
  });

  test("the account is named", () => {
    expect(
      textOf(
        planWith([
          own,
          { type: "aws_pipes_pipe", actions: ["create"], after: { target: `arn:aws:sqs:us-east-1:${FOREIGN}:q` } },
        ]),
      ),
    ).toContain("target names account 999999999999, not 123456789012 [account]");
  });

  test("what stays in the account is not told", () => {
    expect(
      reviewed("aws_cloudwatch_metric_alarm", { alarm_actions: ["arn:aws:sns:us-east-1:123456789012:alarms"] })
        .severity,
    ).toBe("note");
  });
});

describe("code", () => {
  const fn = (variables: object) => ({ function_name: "worker", environment: [{ variables }] });

  test.each<[string, object, object, string]>([
    ["a setting", { LOG_LEVEL: "INFO" }, { LOG_LEVEL: "DEBUG" }, "note"],
    ["a setting that is new", {}, { LOG_LEVEL: "DEBUG" }, "note"],
    ["a larger limit", { MAX: "10" }, { MAX: "20" }, "note"],
    ["a smaller limit", { MAX: "10" }, { MAX: "1" }, "review"],
    ["a variable that goes", { LOG_LEVEL: "INFO" }, {}, "review"],
    ["other code", {}, { NODE_OPTIONS: "--require /opt/x.js" }, "review"],
    ["a wrapper", {}, { AWS_LAMBDA_EXEC_WRAPPER: "/opt/x" }, "review"],
    ["a library", {}, { LD_PRELOAD: "/opt/x.so" }, "review"],
    ["an address", { TARGET: "https://example.com" }, { TARGET: "https://example.org" }, "review"],
    ["a server that is new", {}, { TARGET: "https://example.org" }, "review"],
  ])("a function's environment with %s", (_, before, after, severity) => {
    expect(reviewOf(update("aws_lambda_function", fn(before) as never, fn(after) as never)).severity).toBe(severity);
  });

  test("a variable that named a resource of the plan names another one", () => {
    const table = {
      type: "aws_dynamodb_table",
      actions: ["no-op"],
      before: { name: "records" },
      after: { name: "records" },
    };
    const change = {
      type: "aws_lambda_function",
      actions: ["update"],
      before: fn({ TABLE: "records" }),
      after: fn({ TABLE: "others" }),
    };
    expect(textOf(planWith([table, change] as never))).toMatch(
      /^REVIEW[\s\S]*the variable names a resource or an address/,
    );
  });

  test("a provisioner that runs is named, and one that does not run is not", () => {
    const configuration = {
      root_module: { resources: [{ address: "null_resource.it", provisioners: [{ type: "local-exec" }] }] },
    };
    const plan = (actions: readonly string[]) =>
      planWith([{ type: "null_resource", actions, before: {}, after: {} }], { configuration });
    expect(textOf(plan(["create"]))).toContain("runs its provisioner local-exec");
    expect(textOf(plan(["no-op"]))).not.toContain("local-exec");
  });

  test("a provider that acts in another region or account needs a look", () => {
    const bucket = {
      type: "aws_s3_bucket",
      actions: ["no-op"],
      before: { bucket: "b", region: "us-east-1", arn: "arn:aws:sqs:us-east-1:123456789012:b" },
    };
    const plan = (expressions: object) =>
      planWith([bucket], {
        configuration: { provider_config: { aws: { name: "aws", expressions } }, root_module: {} },
      });
    expect(reviewOf(plan({ region: { constant_value: "us-east-1" } })).severity).toBe("note");
    expect(reviewOf(plan({ region: { constant_value: "eu-west-1" } })).severity).toBe("review");
    expect(
      reviewOf(plan({ assume_role: [{ role_arn: { constant_value: "arn:aws:iam::999999999999:role/x" } }] })).severity,
    ).toBe("review");
  });

  test("an output that was sensitive and is shown from now on needs a look", () => {
    const output = (after_sensitive: boolean) => ({
      Secret: { actions: ["update"], before: "a", after: "b", before_sensitive: true, after_sensitive },
    });
    expect(reviewOf(planWith([], { output_changes: output(false) })).severity).toBe("review");
    expect(reviewOf(planWith([], { output_changes: output(true) })).severity).toBe("note");
  });
});

describe("what is known after apply", () => {
  const unknown = (type: string, attribute: string, configuration?: object) =>
    update(type, { [attribute]: null }, {}, { after_unknown: { [attribute]: true } })
      .toString()
      .replace(/}$/, configuration ? `,"configuration":${JSON.stringify(configuration)}}` : "}");

  test.each([
    ["aws_kms_key", "policy"],
    ["aws_iam_role", "assume_role_policy"],
    ["aws_cloudwatch_event_target", "arn"],
    ["aws_lambda_function", "role"],
    ["aws_cloudwatch_log_group", "kms_key_id"],
    ["aws_sqs_queue", "redrive_policy"],
  ])("%s.%s needs a look", (type, attribute) => {
    expect(reviewOf(Buffer.from(unknown(type, attribute))).severity).toBe("review");
  });

  test("what nobody configured is the provider's to fill in", () => {
    const configuration = {
      root_module: { resources: [{ address: "aws_sqs_queue.it", mode: "managed", expressions: { name: {} } }] },
    };
    expect(reviewOf(Buffer.from(unknown("aws_sqs_queue", "redrive_policy", configuration))).severity).toBe("note");
  });

  test("the resources that it comes from are named", () => {
    const expressions = { policy: { references: ["aws_s3_bucket.photos.arn", "aws_s3_bucket.photos"] } };
    const configuration = { root_module: { resources: [{ address: "aws_kms_key.it", mode: "managed", expressions }] } };
    expect(textOf(Buffer.from(unknown("aws_kms_key", "policy", configuration)))).toContain(
      "known only after apply: it refers to aws_s3_bucket.photos",
    );
  });
});

describe("sensitive values", () => {
  const SECRET = "s3cr3t-value";

  test.each<[string, object]>([
    ["an attribute", { before_sensitive: { dashboard_body: true }, after_sensitive: {} }],
    ["the resource", { before_sensitive: true, after_sensitive: true }],
  ])("JSON in %s that is sensitive", (_, masks) => {
    const body = (value: string) => ({ dashboard_body: JSON.stringify({ nested: { value } }) });
    const text = textOf(update("aws_cloudwatch_dashboard", body(`${SECRET}-1`), body(`${SECRET}-2`), masks));
    expect(text).toContain("(sensitive)");
    expect(text).not.toContain(SECRET);
  });

  test("a member of a list, and what forces a replacement", () => {
    const plan = planWith([
      {
        type: "aws_sqs_queue",
        actions: ["delete", "create"],
        before: { name: SECRET, id: SECRET, list: [SECRET, "plain"] },
        after: { name: `${SECRET}-2`, list: ["plain"] },
        before_sensitive: { name: true, id: true, list: [true, false] },
        after_sensitive: { name: true },
        replace_paths: [["name"], ["list", 0]],
      },
    ]);
    const text = textOf(plan);
    expect(text).toContain("forced by name: (sensitive) → (sensitive)");
    expect(text).not.toContain(SECRET);
  });

  test("a sensitive policy blocks without being shown", () => {
    const open = { Sid: SECRET, Effect: "Allow", Principal: "*", Action: "s3:*", Resource: `arn:aws:s3:::${SECRET}` };
    const text = textOf(
      update("aws_s3_bucket_policy", {}, { policy: policyOf(open) }, { after_sensitive: { policy: true } }),
    );
    expect(text).toMatch(/^BLOCK[\s\S]*policy gives access to anyone: \(sensitive\)/);
    expect(text).not.toContain(SECRET);
  });
});

test("Terraform Cloud's redacted plan is read, and what it hides is told once", () => {
  const change = resourceChange({ type: "aws_sqs_queue", actions: ["delete"], before: { name: "q" } });
  const plan = {
    plan_format_version: "1.2",
    provider_format_version: "1.0",
    resource_changes: [change],
    provider_schemas: {},
  };
  expect(reviewOf(Buffer.from(JSON.stringify(plan))).severity).toBe("block");
  const empty = { ...plan, resource_changes: [] };
  expect(textOf(Buffer.from(JSON.stringify(empty)))).toMatch(/^REVIEW[\s\S]*this plan is redacted/);
});
