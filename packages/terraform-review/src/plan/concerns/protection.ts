import { type Line, line } from "../../model/line";
import type { Change } from "../change";
import { type Attribute, attributeAt } from "./attribute";
import type { Remark } from "./concern";
import { GUARDS, type Guard, isSet } from "./guards";

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
