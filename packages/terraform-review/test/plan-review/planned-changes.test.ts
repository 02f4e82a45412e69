import { renderMarkdown } from "../../src/plan/render/markdown";
import { renderText } from "../../src/plan/render/text";
import { reviewOf } from "../support/plan-with";
import { planFixture, planFixtureNames } from "../support/read-plan-fixture";

type Expectation = readonly [change: string, verdict: "SAFE" | "REVIEW" | "BLOCK", ...phrases: string[]];

/** Plans of the real Terraform over this stack, with what their review must say. */
const EXPECTATIONS: readonly Expectation[] = [
  ["no-change", "SAFE", "no resource changes"],
  ["first-creation", "REVIEW", "67 to create", "allow ReadObjects: s3:GetObject on arn:aws:s3:::photo-uploads"],
  ["memory", "SAFE", "memory_size: 1024 → 2048"],
  [
    "runtime-limits",
    "REVIEW",
    "memory_size: 1024 → 512",
    "timeout: 30 → 60",
    "reserved_concurrent_executions: 10 → nothing",
  ],
  ["environment-values", "SAFE", 'environment LOG_LEVEL: "INFO" → "DEBUG"'],
  ["environment-keys", "REVIEW", "environment loses MAX_IMAGE_PIXELS", 'environment gains PREVIEW_QUALITY = "80"'],
  ["runtime", "REVIEW", 'runtime: "nodejs24.x" → "nodejs22.x"'],
  ["architecture", "REVIEW", 'architectures gains "arm64", loses "x86_64"'],
  ["code", "SAFE", "source_code_hash", "→ 156 bytes"],
  [
    "alarm-email",
    "REVIEW",
    "endpoint is an address outside AWS: operator@example.com",
    "aws_sns_topic_subscription.alarm_topic is created",
  ],
  ["default-tags", "SAFE", "26 resources alike", 'tags_all.CostCenter: nothing → "4711"'],
  ["alarm-threshold", "SAFE", "threshold: 20000 → 25000"],
  ["new-resources", "SAFE", "3 to create"],
  ["log-retention-longer", "SAFE", "retention_in_days: 7 → 30"],
  ["cors-narrowed", "SAFE", 'allowed_origins gains "https://photos.example.com", loses "*"'],
  ["moved", "SAFE", "aws_sqs_queue.failed_events is what aws_sqs_queue.dead_letter_queue was"],
  ["moved-and-updated", "SAFE", "threshold: 100 → 105", "1 moved"],
  ["imported", "REVIEW", "3 to import", "aws_s3_bucket.source_bucket is imported: photo-uploads-123456789012-dev"],
  ["outputs", "SAFE", '"us-east-1" → "somewhere else"', "output Secret is new\n      nothing → (sensitive)"],
  ["sensitive-environment", "SAFE", "environment TOKEN: (sensitive) → (sensitive)"],
  ["sensitive-policy", "REVIEW", "policy changes, and is sensitive"],
  ["failed-check", "REVIEW", "check check.region fails", "Wrong partition."],
  ["drift-tags", "REVIEW", "aws_sns_topic.alarm_topic: changed outside Terraform, and by this plan"],
  ["drift-public-access", "REVIEW", "block_public_policy: false → true", "block_public_policy: true → false"],
  ["drift-deleted", "REVIEW", "aws_sqs_queue_policy.dead_letter_queue: deleted outside Terraform"],

  [
    "bucket-renamed-protected",
    "BLOCK",
    "Terraform stopped with an error",
    "forced by bucket",
    "at risk: every object (photo-uploads-123456789012-dev)",
  ],
  ["bucket-renamed", "BLOCK", 'forced by bucket: "photo-uploads-123456789012-dev" → "photos-renamed"'],
  [
    "suffix-changed",
    "BLOCK",
    "67 to replace",
    "every item (image-metadata-dev)",
    "every message that waits (image-processor-dlq-dev)",
  ],
  [
    "access-logs-off",
    "BLOCK",
    "aws_s3_bucket.access_log_bucket is destroyed",
    "its block is gone from the configuration",
  ],
  ["bucket-block-removed", "BLOCK", "every object (photo-access-logs-123456789012-dev)"],
  ["table-key-changed", "BLOCK", 'forced by hash_key: "imageId" → "photoId"', "every item (image-metadata-dev)"],
  ["table-removed", "BLOCK", "aws_dynamodb_table.metadata_table is destroyed"],
  ["log-group-kept", "REVIEW", "at risk: nothing: skip_destroy leaves /aws/lambda/image-failure-recorder-dev"],
  ["log-group-replaced", "BLOCK", "forced by name", "every log event (/aws/lambda/image-processor-dev)"],
  [
    "queue-mode",
    "REVIEW",
    "aws_lambda_permission.upload_trigger is destroyed",
    "allow AllowUploadsFromSourceBucket: sqs:SendMessage",
    "reserved_concurrent_executions: 10 → nothing",
    "which events invoke which target",
  ],
  ["queue-mode-off", "BLOCK", "at risk: every message that waits (image-uploads-dev)"],
  ["queue-renamed", "BLOCK", 'forced by name: "image-processor-dlq-dev" → "failed-uploads"'],
  ["bucket-forgotten", "BLOCK", "aws_s3_bucket.access_log_bucket leaves Terraform's sight and stays in AWS"],
  ["topic-replaced-creating-first", "REVIEW", "aws_sns_topic.alarm_topic is replaced, its successor made first"],
  ["alarm-removed", "REVIEW", "aws_cloudwatch_metric_alarm.pipeline_alarms_throttles is destroyed"],
  [
    "queue-construct-renamed",
    "BLOCK",
    "moved { from = aws_sqs_queue.dead_letter_queue, to = aws_sqs_queue.failed_events }",
  ],
  [
    "mixed",
    "BLOCK",
    "forced by range_key",
    "gains action s3:* (new wildcard)",
    "memory_size: 1024 → 3008",
    "policy gives access to anyone",
    "changed outside Terraform",
  ],

  [
    "public-access-block-loosened",
    "BLOCK",
    "public access is no longer blocked: restrict_public_buckets: true → false",
  ],
  ["public-access-block-removed", "BLOCK", "public access is no longer blocked"],
  ["bucket-policy-removed", "BLOCK", "policy no longer refuses requests without TLS"],
  ["queue-tls-removed", "BLOCK", "policy no longer refuses requests without TLS", "new statement: allow Own: sqs:*"],
  ["bucket-policy-public", "BLOCK", "policy gives access to anyone: allow ReadPreviews: s3:GetObject"],
  ["policies-rewritten", "SAFE", "written in another way, allows and denies the same"],
  ["cors-widened", "REVIEW", 'CORS widened: allowed_origins "*"'],
  ["encryption-removed", "BLOCK", "encryption is removed"],
  ["queue-encryption-off", "BLOCK", "encryption of the queue is off"],
  ["expiry-shortened", "BLOCK", "objects under previews/ are deleted after 30 days, not after 365 days as before"],
  [
    "expiry-introduced",
    "BLOCK",
    "objects under uploads/ were never deleted, and are deleted after 365 days from now on",
  ],
  ["log-retention-shorter", "REVIEW", "log events are kept for a shorter time (retention_in_days: 30 → 3)"],
  ["protection-off", "BLOCK", "deletion protection is off", "skip_destroy: true → false"],
  ["recovery-off", "BLOCK", "point-in-time recovery is off"],
  ["versioning-on", "REVIEW", "ReadObjects: gains action s3:GetObjectVersion"],
  ["versioning-removed", "BLOCK", "versioning is off"],
  ["versioning-suspended", "BLOCK", 'versioning_configuration.status: "Enabled" → "Suspended"'],
  [
    "queue-retention-shortened",
    "REVIEW",
    "messages are kept for a shorter time (message_retention_seconds: 1209600 → 86400)",
  ],
  ["table-ttl-off", "REVIEW", "TTL is off"],

  ["action-gained", "REVIEW", "ReadObjects: gains action s3:DeleteObject"],
  ["action-lost", "REVIEW", "ReadAndUpdateRecords: loses action dynamodb:UpdateItem, keeps dynamodb:GetItem"],
  ["action-wildcard", "REVIEW", "gains action dynamodb:* (new wildcard)"],
  ["resource-widened", "REVIEW", "ReadObjects: gains resource arn:aws:s3:::photo-uploads-123456789012-dev/*"],
  ["condition-removed", "REVIEW", "condition removed: StringLike s3:prefix = uploads/*"],
  ["policy-reordered", "SAFE", "written in another way"],
  ["assumed-by-other-account", "REVIEW", "allow AllowPartner: sts:AssumeRole to arn:aws:iam::999999999999:root"],
  [
    "managed-policy-attached",
    "REVIEW",
    "gains managed policy arn:aws:iam::aws:policy/AdministratorAccess (rules the account)",
  ],
  [
    "permission-without-source",
    "REVIEW",
    "s3.amazonaws.com may invoke it on behalf of any account",
    "condition removed: StringEquals AWS:SourceAccount",
  ],
  ["permission-public", "BLOCK", "permission gives access to anyone"],
  ["policy-known-after-apply", "REVIEW", "policy: known only after apply"],

  ["tags-of-one", "SAFE"],
  ["dashboard-body", "SAFE", "dashboard_body: 90 values differ"],
  ["function-description", "SAFE"],
  ["role-description", "SAFE"],
  ["alarm-description", "SAFE"],
  ["alarm-of-more", "SAFE"],
  ["log-retention-year", "SAFE"],
  ["log-level", "SAFE"],
  ["preview-sizes", "SAFE"],
  ["image-size-raised", "SAFE"],
  ["variable-added", "SAFE"],
  ["timeout-raised", "SAFE"],
  ["scratch-raised", "SAFE"],
  ["concurrency-raised", "SAFE"],
  ["recorder-memory-raised", "SAFE"],
  ["query-changed", "SAFE"],
  ["query-added", "SAFE"],
  ["alarm-added", "SAFE"],
  ["cors-age", "SAFE"],
  ["previews-kept-longer", "SAFE"],
  ["previews-kept-for-ever", "SAFE"],
  ["topic-name-shown", "SAFE"],
  ["recovery-longer", "SAFE"],
  ["queue-polls-longer", "SAFE"],
  ["access-log-longer", "SAFE"],
  ["policy-statement-renamed", "SAFE", "written in another way"],
  ["event-age-longer", "SAFE"],
  ["filter-prefix", "REVIEW", 'filter_prefix: "uploads/" → "upload/"'],
  ["filter-suffix", "REVIEW"],
  ["events-narrowed", "REVIEW"],
  ["trigger-removed", "REVIEW"],
  ["trigger-elsewhere", "REVIEW"],
  ["failures-dropped", "REVIEW"],
  ["no-retries", "REVIEW"],
  ["event-age-minute", "REVIEW"],
  ["concurrency-none", "REVIEW"],
  ["metric-misspelt", "REVIEW"],
  ["threshold-unreachable", "REVIEW", "the metric may never reach the threshold"],
  ["threshold-thousandfold", "REVIEW"],
  ["silence-is-fine", "REVIEW"],
  ["alarm-quiet", "REVIEW"],
  ["composite-false", "REVIEW"],
  ["composite-tells-nobody", "REVIEW"],
  ["dead-letters-unset", "REVIEW"],
  ["size-limit-tiny", "REVIEW"],
  ["table-elsewhere", "REVIEW", 'METADATA_TABLE: "image-metadata-dev" → "other-table"'],
  ["bucket-elsewhere", "REVIEW"],
  ["mapping-off", "REVIEW"],
  ["mapping-filtered", "REVIEW"],
  ["mapping-no-partial", "REVIEW"],
  ["redrive-count", "REVIEW"],
  ["visibility-short", "REVIEW"],
  ["queue-delay", "REVIEW"],
  ["log-group-key-missing", "REVIEW"],
  ["queue-key-missing", "REVIEW"],
  ["handler-misspelt", "REVIEW"],
  ["recorder-role-empty", "REVIEW"],
  ["failures-to-other-account", "BLOCK", "names account 999999999999, not 123456789012 [account]"],
  ["dead-letters-to-other-account", "BLOCK"],
  ["notification-to-other-account", "BLOCK"],
  ["logs-to-other-account", "BLOCK"],
  ["replication-outside", "BLOCK", "names the bucket somebody-elses-bucket, which is not in this plan [account]"],
  ["inventory-outside", "BLOCK"],
  ["encrypted-with-foreign-key", "BLOCK"],
  ["alarm-to-other-account", "REVIEW"],
  ["alarm-to-web", "REVIEW", "https://hooks.example.com/alarms"],
  ["code-from-foreign-bucket", "REVIEW"],
  ["layer-added", "REVIEW"],
  ["node-options", "REVIEW", "the variable can load other code"],
  ["exec-wrapper", "REVIEW"],
  ["local-exec", "REVIEW", "runs its provisioner local-exec"],
  ["tracing-off", "REVIEW"],
  ["trust-github-any", "BLOCK", "gives access to anyone"],
  ["trust-github-pattern", "BLOCK"],
  ["trust-github-own", "REVIEW"],
  ["public-by-wide-range", "BLOCK", "gives access to anyone"],
  ["public-by-wildcard-arn", "BLOCK"],
  ["public-by-variable", "BLOCK"],
  ["bucket-policy-other-account", "REVIEW"],
  ["acl-grant-other-account", "BLOCK", "its ACL grants access to another account: somebody-else"],
  ["originals-to-glacier", "REVIEW", "from which they cannot be read at once"],
  ["old-versions-expire", "BLOCK", "old versions of objects were never deleted"],
  ["small-objects-expire", "BLOCK"],
  ["index-removed", "REVIEW", "queries that use it fail"],
  ["index-narrowed", "REVIEW"],
  ["stream-view", "REVIEW"],
  ["ttl-attribute", "REVIEW", "DynamoDB refuses this in one step"],
  ["billing-mode", "REVIEW"],
  ["force-destroy", "BLOCK", "may empty the bucket"],
  ["ownership-loosened", "REVIEW"],
  ["access-log-elsewhere", "REVIEW"],
  ["log-group-unprotected", "REVIEW"],
  ["customer-key-allowed", "REVIEW"],
  ["output-uncovered", "REVIEW", "its value was sensitive"],
];

const NO_LIMIT = 1_000_000;
const VERDICT_OF = { note: "SAFE", review: "REVIEW", block: "BLOCK" } as const;

describe("review of plans that Terraform made of this stack", () => {
  test("every plan has its expectation", () => {
    expect(EXPECTATIONS.map(([name]) => name).sort()).toEqual(planFixtureNames());
  });

  test.each(EXPECTATIONS)("%s: %s", (name, verdict, ...phrases) => {
    const review = reviewOf(planFixture(name));
    expect(VERDICT_OF[review.severity]).toBe(verdict);
    const text = renderText([review], [], NO_LIMIT);
    for (const phrase of phrases) expect(text).toContain(phrase);
  });

  test.each(EXPECTATIONS)("%s: no sensitive value is shown", (name) => {
    const reviews = [reviewOf(planFixture(name))];
    expect(renderText(reviews, [], NO_LIMIT) + renderMarkdown(reviews, [], NO_LIMIT)).not.toContain("s3cr3t");
  });

  test("a destruction that is meant no longer blocks, and nothing else is let through", () => {
    const allowed = [
      "aws_dynamodb_table.metadata_table:destroy=It is empty",
      "aws_s3_bucket_policy.processed_bucket:destroy=It is empty",
    ];
    expect(reviewOf(planFixture("table-key-changed"), allowed).severity).toBe("review");
    const blocking = reviewOf(planFixture("mixed"), allowed).findings.filter(({ severity }) => severity === "block");
    expect(blocking.map(({ concern, address }) => `${concern} ${address}`)).toEqual([
      "exposure aws_s3_bucket_policy.processed_bucket",
      "exposure aws_s3_bucket_public_access_block.processed_bucket",
    ]);
  });
});
