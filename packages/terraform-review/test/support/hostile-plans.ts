import fc from "fast-check";
import { planWith, resourceChange, type WrittenChange } from "./plan-with";

/** Stands in every hostile text, and so must never be found outside the place that quoted text has. */
export const MARK = "zqx";

const HOSTILE_PIECES = [
  "`",
  "``",
  "```",
  "````",
  "|",
  "\\",
  "*",
  "_",
  "~~",
  "\n",
  "\r\n",
  "\n\n",
  "\n# ",
  "\n- ",
  "\n</details>",
  "</details>",
  "</summary>",
  "<script>",
  "<!-- ",
  "-->",
  "<details open>",
  "<b>",
  "&lt;",
  "[x](javascript:1)",
  "![i](http://e.example/i.png)",
  "@everyone",
  "#1",
  "https://e.example",
  "$",
  "$$",
  "\u001b[2J",
  "\u001b]0;title\u0007",
  "\u0000",
  "\u0008",
  "\u009b1m",
  "\u202e",
  "\u2066",
  "\u200b",
  "\u2028",
  "\ufeff",
  "\u3164",
  "\u0301\u0301\u0301\u0301",
  "\u{e0041}",
  "\ud800",
  "é",
  "日本",
  "😀",
  " ",
  "  ",
  "\t",
  "${",
  "}",
  "{",
  "[",
  '"',
  "'",
  "x".repeat(5000),
  "`".repeat(300),
] as const;

/** Markup, escapes and invisible characters around the mark. */
export const hostileText = fc
  .array(fc.constantFrom(...HOSTILE_PIECES), { maxLength: 8 })
  .map((pieces) => pieces.toSpliced(Math.floor(pieces.length / 2), 0, MARK).join(""));

const TYPES = [
  "aws_s3_bucket",
  "aws_s3_bucket_policy",
  "aws_iam_role_policy",
  "aws_lambda_function",
  "aws_dynamodb_table",
  "aws_sqs_queue",
  "aws_cloudwatch_dashboard",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_lambda_permission",
  "aws_iam_role_policy_attachment",
] as const;
const ACTIONS = [
  ["create"],
  ["update"],
  ["delete"],
  ["delete", "create"],
  ["create", "delete"],
  ["forget"],
  ["no-op"],
  ["read"],
] as const;

const hostileValues = fc
  .record({
    text: hostileText,
    key: hostileText,
    sid: hostileText,
    resource: hostileText,
    days: fc.integer({ min: 1, max: 999 }),
    count: fc.integer(),
  })
  .map(({ text, key, sid, resource, days, count }) => ({
    name: text,
    bucket: text,
    id: text,
    [key]: text,
    memory_size: count,
    policy_arn: text,
    principal: text,
    action: text,
    statement_id: sid,
    environment: [{ variables: { [key]: text, plain: "x" } }],
    policy: JSON.stringify({
      Statement: [
        {
          Sid: sid,
          Effect: "Allow",
          Principal: { AWS: [text, "*"] },
          Action: [text],
          Resource: resource,
          Condition: { [sid]: { [key]: text } },
        },
      ],
    }),
    rule: [{ id: sid, status: "Enabled", filter: [{ prefix: text }], expiration: [{ days }] }],
    dashboard_body: JSON.stringify({ [key]: { deep: [text] } }),
  }));

const hostileChange: fc.Arbitrary<WrittenChange> = fc
  .record({
    type: fc.constantFrom(...TYPES),
    actions: fc.constantFrom(...ACTIONS, ["zqx"]),
    before: hostileValues,
    after: hostileValues,
    text: hostileText,
    other: hostileText,
  })
  .map(({ text, other, ...change }) => ({
    ...change,
    name: other,
    address: text,
    module_address: other,
    previous_address: other,
    importing: { id: text },
    action_reason: text,
    replace_paths: [["name"], [text, 0]],
    deposed: other,
  }));

/** Plans in which everything that somebody may have named is hostile. */
export const hostilePlan = fc
  .record({
    changes: fc.array(hostileChange, { maxLength: 12 }),
    drift: fc.array(hostileChange, { maxLength: 3 }),
    output: hostileText,
    value: hostileText,
  })
  .map(({ changes, drift, output, value }) =>
    planWith(changes, {
      resource_drift: drift.map(resourceChange),
      deferred_changes: drift.map((change) => ({ reason: value, resource_change: resourceChange(change) })),
      output_changes: { [output]: { actions: ["update"], before: value, after: output, after_unknown: false } },
      checks: [{ address: { to_display: output }, status: "fail", instances: [{ problems: [{ message: value }] }] }],
    }),
  );
