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
    expect(reviewOf(plan, ["aws_s3_bucket.it"]).severity).toBe("review");
  });

  test("a resource of a type without rules is looked at, and its tags are not", () => {
    const instance = { ami: "ami-1", tags: { Name: "one" } };
    expect(reviewOf(update("aws_instance", instance, { ...instance, ami: "ami-2" })).severity).toBe("review");
    expect(reviewOf(update("aws_instance", instance, { ...instance, tags: { Name: "two" } })).severity).toBe("note");
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
    ["another account", { ...everybody, Principal: { AWS: "arn:aws:iam::999999999999:root" } }, "review"],
  ])("bucket policy for %s", (_, statement, severity) => {
    const own = { ...everybody, Principal: { AWS: "arn:aws:iam::123456789012:root" } };
    const plan = update("aws_s3_bucket_policy", { policy: policyOf(own) }, { policy: policyOf(own, statement) });
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
      "note",
    ],
    ["an enabled key", "aws_kms_key", { is_enabled: true }, { is_enabled: false }, "block"],
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

  test.each<[string, object, object, string]>([
    ["a rule switched on", rule({ days: 30 }, {}, "Disabled"), rule({ days: 30 }), "block"],
    ["a rule switched off", rule({ days: 30 }), rule({ days: 30 }, {}, "Disabled"), "note"],
    ["a wider prefix", rule({ days: 30 }, { prefix: "a/" }), rule({ days: 30 }), "block"],
    ["a narrower prefix", rule({ days: 30 }), rule({ days: 30 }, { prefix: "a/" }), "note"],
    ["tagged objects only", rule({}), rule({ days: 1 }, { tag: [{ key: "temporary", value: "true" }] }), "review"],
    ["a date", rule({}), rule({ date: "2027-01-01T00:00:00Z" }), "block"],
    ["delete markers", rule({}), rule({ expired_object_delete_marker: true }), "note"],
  ])("expiry: %s", (_, before, after, severity) => {
    expect(reviewOf(update("aws_s3_bucket_lifecycle_configuration", before as never, after as never)).severity).toBe(
      severity,
    );
  });
});

describe("somebody who is no longer told", () => {
  test.each<[string, object, object]>([
    ["aws_s3_bucket_notification", { lambda_function: [{ id: "uploads" }] }, { lambda_function: [] }],
    [
      "aws_lambda_function_event_invoke_config",
      { destination_config: [{ on_failure: [] }] },
      { destination_config: [] },
    ],
    [
      "aws_cloudwatch_metric_alarm",
      { alarm_actions: ["arn:aws:sns:us-east-1:123456789012:alarms"] },
      { alarm_actions: null },
    ],
    ["aws_cloudwatch_metric_alarm", { actions_enabled: true }, { actions_enabled: false }],
    ["aws_dynamodb_table", { stream_enabled: true }, { stream_enabled: false }],
    ["aws_sqs_queue", { redrive_policy: "{}" }, { redrive_policy: "" }],
  ])("%s: %j", (type, before, after) => {
    expect(reviewOf(update(type, before as never, after as never)).severity).toBe("review");
    expect(reviewOf(update(type, after as never, before as never)).severity).toBe("note");
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
    expect(text).toMatch(/^BLOCK[\s\S]*policy lets anybody in: \(sensitive\)/);
    expect(text).not.toContain(SECRET);
  });
});

test("Terraform Cloud's redacted plan is read", () => {
  const change = resourceChange({ type: "aws_sqs_queue", actions: ["delete"], before: { name: "q" } });
  const plan = {
    plan_format_version: "1.2",
    provider_format_version: "1.0",
    resource_changes: [change],
    provider_schemas: {},
  };
  expect(reviewOf(Buffer.from(JSON.stringify(plan))).severity).toBe("block");
});
