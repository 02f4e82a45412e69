import type { Json } from "../input/json-value";
import type { Change } from "../model/change";
import { type Line, line } from "../model/line";
import { type Attribute, attributeAt } from "./attribute";
import type { Remark } from "./concern";

/** A setting that guards data: what it is like when on, and what happens without it. */
interface Guard {
  readonly types: RegExp;
  readonly path: readonly (string | number)[];
  readonly isOn: (value: Json | undefined) => boolean;
  readonly severity: "review" | "block";
  readonly words: string;
  /** The resource is nothing but this guard: without it the guard is off. */
  readonly isResource?: boolean;
}

const isTrue = (value: Json | undefined) => value === true;
const isSet = (value: Json | undefined) => typeof value === "string" && value !== "";

const GUARDS: readonly Guard[] = [
  {
    types: /./,
    path: ["deletion_protection_enabled"],
    isOn: isTrue,
    severity: "block",
    words: "deletion protection is off",
  },
  {
    types: /./,
    path: ["deletion_protection"],
    isOn: isProtected,
    severity: "block",
    words: "deletion protection is off",
  },
  {
    types: /^aws_dynamodb_table$/,
    path: ["point_in_time_recovery", 0, "enabled"],
    isOn: isTrue,
    severity: "block",
    words: "point-in-time recovery is off: no item can be restored",
  },
  {
    types: /^aws_s3_bucket_versioning$/,
    path: ["versioning_configuration", 0, "status"],
    isOn: (value) => value === "Enabled",
    severity: "block",
    words: "versioning is off: what is deleted or overwritten is gone",
    isResource: true,
  },
  {
    types: /^aws_s3_bucket_server_side_encryption_configuration$/,
    path: ["rule"],
    isOn: (value) => Array.isArray(value) && value.length > 0,
    severity: "block",
    words: "encryption is removed: only what S3 does by itself is left",
    isResource: true,
  },
  {
    types: /^aws_s3_bucket_object_lock_configuration$/,
    path: ["rule"],
    isOn: (value) => Array.isArray(value) && value.length > 0,
    severity: "block",
    words: "object lock is off: objects can be deleted at once",
    isResource: true,
  },
  {
    types: /^aws_cloudwatch_log_group$/,
    path: ["skip_destroy"],
    isOn: isTrue,
    severity: "review",
    words: "the log group goes with its resource",
  },
  {
    types: /^aws_cloudwatch_log_group$/,
    path: ["kms_key_id"],
    isOn: isSet,
    severity: "block",
    words: "encryption with its own key is off",
  },
  { types: /^aws_sns_topic$/, path: ["kms_master_key_id"], isOn: isSet, severity: "block", words: "encryption is off" },
  {
    types: /^aws_kms_key$/,
    path: ["enable_key_rotation"],
    isOn: isTrue,
    severity: "review",
    words: "key rotation is off",
  },
  {
    types: /^aws_kms_key$/,
    path: ["is_enabled"],
    isOn: (value) => value !== false,
    severity: "block",
    words: "the key is disabled: nothing encrypted with it can be read",
  },
  {
    types: /^aws_(?:db_instance|rds_cluster|ebs_volume|efs_file_system)$/,
    path: ["storage_encrypted"],
    isOn: isTrue,
    severity: "block",
    words: "encryption is off",
  },
];

function isProtected(value: Json | undefined): boolean {
  return value === true || value === "ACTIVE";
}

/** Guards that are taken from data that stays. */
export function reviewProtection(change: Change): readonly Remark[] {
  if (change.kind === "create") return [];
  return [
    ...GUARDS.filter(({ types }) => types.test(change.type)).flatMap((guard) => reviewGuard(change, guard)),
    ...reviewForceDestroy(change),
    ...reviewQueueEncryption(change),
    ...reviewWeakerKey(change),
  ];
}

function reviewGuard(change: Change, guard: Guard): readonly Remark[] {
  if (change.kind === "delete" && !guard.isResource) return [];
  const attribute = attributeAt(change, ...guard.path);
  if (!guard.isOn(attribute.before) || guard.isOn(attribute.after)) return [];
  return [lost(change, attribute, guard.severity, [guard.words])];
}

function lost({ kind }: Change, attribute: Attribute, severity: Remark["severity"], words: Line): Remark {
  if (attribute.unknown) return { severity: "review", words: attribute.words };
  return { severity, words: kind === "delete" ? words : line`${words} (${attribute.words})` };
}

/** Not for a bucket that is imported or made: only where somebody takes the brake off. */
function reviewForceDestroy(change: Change): readonly Remark[] {
  const attribute = attributeAt(change, "force_destroy");
  if (
    change.kind === "delete" ||
    change.type !== "aws_s3_bucket" ||
    attribute.after !== true ||
    attribute.before === true
  )
    return [];
  return [{ severity: "block", words: line`Terraform may empty the bucket when it destroys it (${attribute.words})` }];
}

/** Either of two settings encrypts a queue. */
function reviewQueueEncryption(change: Change): readonly Remark[] {
  if (change.type !== "aws_sqs_queue" || change.kind === "delete") return [];
  const managed = attributeAt(change, "sqs_managed_sse_enabled");
  const key = attributeAt(change, "kms_master_key_id");
  const wasEncrypted = managed.before === true || isSet(key.before);
  if (!wasEncrypted || managed.after === true || isSet(key.after) || managed.unknown || key.unknown) return [];
  return [{ severity: "block", words: ["encryption of the queue is off"] }];
}

/** Still encrypted, but with a key that more people may use. */
function reviewWeakerKey(change: Change): readonly Remark[] {
  if (change.kind === "delete" || !/^aws_s3_bucket_server_side_encryption_configuration$/.test(change.type)) return [];
  const rule = ["rule", 0, "apply_server_side_encryption_by_default", 0] as const;
  const algorithm = attributeAt(change, ...rule, "sse_algorithm");
  const weaker = String(algorithm.before).startsWith("aws:kms") && algorithm.after === "AES256";
  return weaker ? [{ severity: "review", words: line`encryption with a key of S3 alone: ${algorithm.words}` }] : [];
}
