import { isDeepStrictEqual } from "node:util";
import {
  type JsonObject,
  type SynthesizedElement,
  type SynthesizedStack,
  synthesizedStack,
} from "../support/synthesized-stack";

/**
 * The rules of checkov that hold at default settings (as of 2026-08-20), each as a check of this project's own: checkov
 * leaves several of them unchecked where a policy is text. A rule over elements that the stack has none of says so.
 */

type Check = (element: SynthesizedElement, stack: SynthesizedStack) => boolean;
interface Rule {
  readonly ids: readonly string[];
  readonly types: readonly string[];
  readonly holds: Check;
}

interface Statement {
  readonly Effect: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: JsonObject;
}

const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

function statements({ values }: SynthesizedElement, attribute = "policy"): readonly Statement[] {
  return list<Statement>(JSON.parse(String(values[attribute])).Statement);
}

const everyAllow =
  (holds: (statement: Statement) => boolean, attribute = "policy"): Check =>
  (element) =>
    statements(element, attribute).every((statement) => statement.Effect !== "Allow" || holds(statement));

const awsPrincipals = ({ Principal }: Statement): readonly string[] =>
  typeof Principal === "string" ? [Principal] : list(Principal?.AWS);
const actions = (statement: Statement) => list(statement.Action);
const resources = (statement: Statement) => list(statement.Resource);

/** The elements of a type that belong to a bucket by reference. */
const connected = (bucket: SynthesizedElement, stack: SynthesizedStack, type: string) =>
  stack.ofType(type).filter(({ written }) => written.bucket === `\${${bucket.address}.bucket}`);

const hasConnected =
  (type: string, expected: JsonObject = {}): Check =>
  (bucket, stack) =>
    connected(bucket, stack, type).some(({ values }) =>
      Object.entries(expected).every(([key, value]) => isDeepStrictEqual(values[key], value)),
    );

const has =
  (attribute: string, ...allowed: readonly unknown[]): Check =>
  ({ values }) => {
    const value = attribute.split(".").reduce<unknown>((at, key) => (at as JsonObject | undefined)?.[key], values);
    return allowed.length === 0 ? value !== undefined && value !== null : allowed.includes(value);
  };

/** Actions that IAM cannot restrict to resources. @see https://docs.aws.amazon.com/xray/latest/devguide/security_iam_service-with-iam.html */
const WITHOUT_RESOURCES = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
const SECRET = /AKIA[0-9A-Z]{16}|-----BEGIN|(?:^|[^A-Za-z0-9/+=])[A-Za-z0-9/+=]{40}(?:$|[^A-Za-z0-9/+=])/;
const OLD_RUNTIMES = /^(?:nodejs(?:\d|1\d|20)(?:\.|$)|python2|python3\.[0-9]$|dotnet[1-7]|java8$|ruby|go1|provided$)/;
const INLINE_POLICIES = ["aws_iam_role_policy", "aws_iam_policy", "aws_iam_user_policy", "aws_iam_group_policy"];
const ATTACHMENTS = ["aws_iam_role", "aws_iam_role_policy_attachment", "aws_iam_policy_attachment"];

const RULES: readonly Rule[] = [
  { ids: ["CKV_AWS_18"], types: ["aws_s3_bucket"], holds: hasConnected("aws_s3_bucket_logging") },
  {
    ids: ["CKV_AWS_19"],
    types: ["aws_s3_bucket"],
    holds: hasConnected("aws_s3_bucket_server_side_encryption_configuration", {
      rule: [
        { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" }, blocked_encryption_types: ["SSE-C"] },
      ],
    }),
  },
  {
    ids: ["CKV2_AWS_6"],
    types: ["aws_s3_bucket"],
    holds: hasConnected("aws_s3_bucket_public_access_block", { block_public_acls: true, block_public_policy: true }),
  },
  { ids: ["CKV2_AWS_61"], types: ["aws_s3_bucket"], holds: hasConnected("aws_s3_bucket_lifecycle_configuration") },
  { ids: ["CKV2_AWS_62"], types: ["aws_s3_bucket"], holds: hasConnected("aws_s3_bucket_notification") },
  {
    ids: ["CKV2_AWS_65"],
    types: ["aws_s3_bucket"],
    holds: hasConnected("aws_s3_bucket_ownership_controls", { rule: { object_ownership: "BucketOwnerEnforced" } }),
  },
  { ids: ["CKV_AWS_53"], types: ["aws_s3_bucket_public_access_block"], holds: has("block_public_acls", true) },
  { ids: ["CKV_AWS_54"], types: ["aws_s3_bucket_public_access_block"], holds: has("block_public_policy", true) },
  { ids: ["CKV_AWS_55"], types: ["aws_s3_bucket_public_access_block"], holds: has("ignore_public_acls", true) },
  { ids: ["CKV_AWS_56"], types: ["aws_s3_bucket_public_access_block"], holds: has("restrict_public_buckets", true) },
  {
    ids: ["CKV_AWS_70", "CKV_AWS_168", "CKV_AWS_169", "CKV_AWS_387"],
    types: ["aws_s3_bucket_policy", "aws_sqs_queue_policy", "aws_sns_topic_policy"],
    holds: everyAllow((statement) => !awsPrincipals(statement).includes("*")),
  },
  {
    ids: ["CKV_AWS_93"],
    types: ["aws_s3_bucket_policy"],
    holds: (element) => statements(element).every((s) => s.Effect !== "Deny" || s.Condition !== undefined),
  },
  {
    ids: ["CKV_AWS_300"],
    types: ["aws_s3_bucket_lifecycle_configuration"],
    holds: ({ values }) =>
      (values.rule as JsonObject[]).some(
        (rule) =>
          rule.status === "Enabled" &&
          rule.abort_incomplete_multipart_upload !== undefined &&
          isDeepStrictEqual(rule.filter, [{}]),
      ),
  },
  {
    ids: ["CKV_AWS_45"],
    types: ["aws_lambda_function"],
    holds: ({ values }) => !SECRET.test(JSON.stringify((values.environment as JsonObject).variables)),
  },
  { ids: ["CKV_AWS_50"], types: ["aws_lambda_function"], holds: has("tracing_config.mode", "Active") },
  { ids: ["CKV_AWS_115"], types: ["aws_lambda_function"], holds: has("reserved_concurrent_executions") },
  { ids: ["CKV_AWS_116"], types: ["aws_lambda_function"], holds: has("dead_letter_config.target_arn") },
  {
    ids: ["CKV_AWS_363"],
    types: ["aws_lambda_function"],
    holds: ({ values }) => !OLD_RUNTIMES.test(String(values.runtime)),
  },
  {
    ids: ["CKV_AWS_301", "CKV_AWS_364"],
    types: ["aws_lambda_permission"],
    holds: (permission, stack) =>
      permission.values.principal === "s3.amazonaws.com" &&
      has("source_arn")(permission, stack) &&
      has("source_account")(permission, stack),
  },
  { ids: ["CKV_AWS_28"], types: ["aws_dynamodb_table"], holds: has("point_in_time_recovery.enabled", true) },
  { ids: ["CKV2_AWS_16"], types: ["aws_dynamodb_table"], holds: has("billing_mode", "PAY_PER_REQUEST") },
  { ids: ["CKV_AWS_27", "CKV2_AWS_73"], types: ["aws_sqs_queue"], holds: has("sqs_managed_sse_enabled", true) },
  {
    ids: ["CKV_AWS_72"],
    types: ["aws_sqs_queue_policy"],
    holds: (element) => statements(element).every((statement) => !actions(statement).includes("*")),
  },
  {
    ids: ["CKV_AWS_385"],
    types: ["aws_sns_topic_policy"],
    holds: everyAllow((statement) => awsPrincipals(statement).length === 0 || statement.Condition !== undefined),
  },
  { ids: ["CKV_AWS_66"], types: ["aws_cloudwatch_log_group"], holds: has("retention_in_days") },
  {
    ids: ["CKV_AWS_319"],
    types: ["aws_cloudwatch_metric_alarm"],
    holds: ({ values }) => values.actions_enabled !== false && list(values.alarm_actions as string[]).length > 0,
  },
  {
    ids: ["CKV_AWS_60", "CKV_AWS_61"],
    types: ["aws_iam_role"],
    holds: everyAllow((statement) => awsPrincipals(statement).length === 0, "assume_role_policy"),
  },
  {
    ids: ["CKV_AWS_62", "CKV_AWS_63", "CKV2_AWS_40", "CKV_AWS_286", "CKV_AWS_287", "CKV_AWS_289"],
    types: INLINE_POLICIES,
    // Without any wildcard in actions, and without actions on identities or credentials, none of these can be.
    holds: everyAllow((s) =>
      actions(s).every((action) => /^(?:s3|dynamodb|sqs|logs|xray|lambda):[A-Za-z]+$/.test(action)),
    ),
  },
  {
    ids: ["CKV_AWS_288", "CKV_AWS_290", "CKV_AWS_355"],
    types: INLINE_POLICIES,
    holds: everyAllow((s) => !resources(s).includes("*") || actions(s).every((a) => WITHOUT_RESOURCES.includes(a))),
  },
  {
    ids: ["CKV_AWS_274", "CKV2_AWS_56"],
    types: ATTACHMENTS,
    holds: ({ values }) => values.policy_arn === undefined && values.managed_policy_arns === undefined,
  },
];

/** Rules over elements that the stack has none of: ACLs, function URLs, IAM users, policy documents as data sources. */
const RULES_OF_ABSENCE: Readonly<Record<string, readonly string[]>> = {
  aws_s3_bucket_acl: ["CKV_AWS_20", "CKV_AWS_57", "CKV2_AWS_43", "CKV_AWS_375", "CKV_AWS_379"],
  aws_lambda_function_url: ["CKV2_AWS_75"],
  aws_iam_user: ["CKV_AWS_273"],
  aws_iam_user_policy_attachment: ["CKV_AWS_40"],
  "data.aws_iam_policy_document": [
    ...["CKV_AWS_1", "CKV_AWS_49", "CKV_AWS_107", "CKV_AWS_108", "CKV_AWS_109"],
    ...["CKV_AWS_110", "CKV_AWS_111", "CKV_AWS_283", "CKV_AWS_356"],
  ],
  "data.aws_iam_policy": ["CKV_AWS_275"],
};

/** What fails on purpose, with the reason; docs/parity.md says the same. */
const SKIPS: Readonly<Record<string, string>> = {
  "CKV_AWS_18 aws_s3_bucket.access_log_bucket": "logging the log bucket to itself would never end",
  "CKV2_AWS_62 aws_s3_bucket.access_log_bucket": "nobody waits for access logs",
  "CKV2_AWS_62 aws_s3_bucket.processed_bucket": "nobody waits for previews: the record's stream tells when they exist",
  "CKV_AWS_115 aws_lambda_function.failure_recorder": "its rate is bounded by the processor's",
};

function failuresOf(stack: SynthesizedStack): string[] {
  return RULES.flatMap(({ ids, types, holds }) =>
    stack
      .ofType(...types)
      .filter((element) => !holds(element, stack))
      .flatMap(({ address }) => ids.map((id) => `${id} ${address}`)),
  );
}

describe("security rules", () => {
  test("fail at default settings only where they are skipped for a reason", () => {
    expect(failuresOf(synthesizedStack()).sort()).toEqual(Object.keys(SKIPS).sort());
  });

  test.each([
    ["arm64 and versioning", { LAMBDA_ARCHITECTURE: "arm64", SOURCE_VERSIONING: "true" }],
    ["an address for alarms", { ALARM_EMAIL: "on-call@example.com" }],
    ["unprotected data", { PROTECT_DATA: "false" }],
  ])("hold as well with %s", (_, environment) => {
    expect(failuresOf(synthesizedStack(environment)).sort()).toEqual(Object.keys(SKIPS).sort());
  });

  test("hold in queue mode, whose mapping bounds the processor instead of a reservation", () => {
    expect(failuresOf(synthesizedStack({ UPLOAD_TRIGGER: "queue" })).sort()).toEqual(
      [...Object.keys(SKIPS), "CKV_AWS_115 aws_lambda_function.image_processor"].sort(),
    );
  });

  test("tell what settings give up", () => {
    expect(failuresOf(synthesizedStack({ ACCESS_LOGS: "false", RESERVED_CONCURRENCY: "none" })).sort()).toEqual([
      "CKV2_AWS_62 aws_s3_bucket.processed_bucket",
      "CKV_AWS_115 aws_lambda_function.failure_recorder",
      "CKV_AWS_115 aws_lambda_function.image_processor",
      "CKV_AWS_18 aws_s3_bucket.processed_bucket",
      "CKV_AWS_18 aws_s3_bucket.source_bucket",
    ]);
  });

  test.each(RULES.map((rule) => [rule.ids.join(" "), rule.types] as const))("%s looks at something", (_, types) => {
    expect(synthesizedStack().ofType(...types)).not.toHaveLength(0);
  });

  test.each(Object.entries(RULES_OF_ABSENCE))("there is no %s", (type) => {
    expect(synthesizedStack({ SOURCE_VERSIONING: "true", ALARM_EMAIL: "on-call@example.com" }).ofType(type)).toEqual(
      [],
    );
  });

  test("are 62, each once", () => {
    const ids = [...RULES.flatMap((rule) => rule.ids), ...Object.values(RULES_OF_ABSENCE).flat()];
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(62);
  });
});
