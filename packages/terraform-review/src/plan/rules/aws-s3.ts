import { listIn, objectIn } from "../../model/json";
import { line } from "../../model/line";
import { attributeAt, type Change } from "../change";
import { block, type Remark, review } from "../finding";
import { examineLifecycle } from "./lifecycle";
import {
  byPolicy,
  does,
  examined,
  gainsFreely,
  guard,
  harmless,
  harmlessWhen,
  isFilled,
  isText,
  type RuleTable,
} from "./rule";

const PUBLIC_ACLS = /^(?:public-read|public-read-write|authenticated-read)$/;
const PUBLIC_GRANTEES = /\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/;
const BLOCK_SWITCHES = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];

const VERSIONING_OFF = "versioning is off: what is deleted or overwritten is gone";
const MFA_DELETE_OFF = "versions can be deleted without a second factor";
const NO_LOCK = "object lock is off: objects can be deleted at once";
const TOLD = "which events invoke which target";
const isEnabled = (value: unknown) => value === "Enabled";

const accessBlock = {
  attributes: {
    block_public_acls: examined,
    block_public_policy: examined,
    ignore_public_acls: examined,
    restrict_public_buckets: examined,
  },
  examine: examineAccessBlock,
  destroyed: block("public", ["public access is no longer blocked"]),
} as const;

/** The S3 family. */
export const S3: RuleTable = {
  aws_s3_bucket: {
    computed: [
      ...["arn", "bucket_domain_name", "bucket_region", "bucket_regional_domain_name", "hosted_zone_id"],
      ...["website_domain", "website_endpoint"],
    ],
    attributes: {
      acl: examined,
      grant: examined,
      policy: byPolicy,
      force_destroy: harmlessWhen((_, after) => after !== true, "Terraform may empty the bucket when it destroys it"),
      lifecycle_rule: examined,
      "versioning.enabled": guard(VERSIONING_OFF),
      "versioning.mfa_delete": guard(MFA_DELETE_OFF),
      server_side_encryption_configuration: examined,
      "object_lock_configuration.object_lock_enabled": guard(NO_LOCK, { isOn: isEnabled }),
      "object_lock_configuration.rule": examined,
      logging: does("the bucket that receives the access log"),
      replication_configuration: does("the bucket that receives copies"),
      cors_rule: does("the web pages that may call the bucket"),
      website: does("how the bucket serves a website"),
    },
    examine: (change, context) => [
      ...examineLifecycle(change, context),
      ...examineForceDestroy(change),
      ...examineAcl(change),
      ...examineEncryption(change, "server_side_encryption_configuration", 0, "rule"),
      ...examineObjectLock(change, "object_lock_configuration", 0, "rule"),
    ],
  },
  aws_s3_object: { attributes: { acl: examined }, examine: examineAcl },
  aws_s3_bucket_object: { attributes: { acl: examined }, examine: examineAcl },
  aws_s3_bucket_acl: { attributes: { acl: examined, access_control_policy: examined }, examine: examineAcl },
  aws_s3_bucket_versioning: {
    attributes: {
      "versioning_configuration.status": guard(VERSIONING_OFF, { isOn: isEnabled }),
      "versioning_configuration.mfa_delete": guard(MFA_DELETE_OFF, { isOn: isEnabled }),
      mfa: harmless,
    },
    examine: ({ kind, after }) =>
      kind === "create" && objectIn(after.versioning_configuration).status === "Suspended"
        ? [review(["it stops versioning, if the bucket has any"])]
        : [],
    destroyed: block("unprotect", [VERSIONING_OFF]),
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    attributes: {
      "rule.apply_server_side_encryption_by_default": examined,
      "rule.bucket_key_enabled": harmlessWhen((_, after) => after === true, "S3 calls KMS for every object"),
      "rule.blocked_encryption_types": gainsFreely("an encryption type is no longer blocked"),
    },
    examine: (change) => examineEncryption(change, "rule"),
    created: "it decides how new objects of the bucket are encrypted",
    destroyed: block("unprotect", ["encryption is removed: only what S3 does by itself is left"]),
  },
  aws_s3_bucket_object_lock_configuration: {
    attributes: { rule: examined, object_lock_enabled: guard(NO_LOCK, { isOn: isEnabled }) },
    examine: (change) => examineObjectLock(change, "rule"),
    destroyed: block("unprotect", [NO_LOCK]),
  },
  aws_s3_bucket_public_access_block: accessBlock,
  aws_s3_account_public_access_block: accessBlock,
  aws_s3_bucket_policy: { attributes: { policy: byPolicy } },
  aws_s3_bucket_ownership_controls: {
    attributes: { "rule.object_ownership": does("whether ACLs grant access, and who owns objects that others write") },
    created: "it decides whether ACLs grant access",
    destroyed: review(["ACLs may grant access again"]),
  },
  aws_s3_bucket_lifecycle_configuration: {
    computed: ["id"],
    attributes: { rule: examined },
    examine: examineLifecycle,
  },
  aws_s3_bucket_notification: {
    attributes: {
      "lambda_function.id": harmless,
      "queue.id": harmless,
      "topic.id": harmless,
      lambda_function: does(TOLD),
      queue: does(TOLD),
      topic: does(TOLD),
      eventbridge: does(TOLD),
    },
    created: "it replaces the bucket's existing notifications",
  },
  aws_s3_bucket_cors_configuration: {
    attributes: {
      "cors_rule.max_age_seconds": harmless,
      "cors_rule.id": harmless,
      "cors_rule.expose_headers": gainsFreely("web pages can no longer read these headers"),
      cors_rule: examined,
    },
    examine: examineCors,
    created: "web pages may call the bucket",
  },
  aws_s3_bucket_logging: {
    attributes: {
      target_bucket: does("the bucket that receives the access log"),
      target_prefix: does("the prefix of the access log's objects"),
    },
  },
  aws_s3_bucket_replication_configuration: {
    attributes: {
      rule: does("the objects that are copied, and their destination"),
      role: does("the role that copies the objects"),
    },
    created: "it copies objects to another bucket",
  },
  aws_s3_bucket_inventory: { attributes: {}, created: "it writes a list of all objects to another bucket" },
  aws_s3_bucket_analytics_configuration: {
    attributes: {},
    created: "it writes usage data to another bucket",
  },
};

/** New buckets are blocked by AWS: an access block that is made with a gap opens one. */
function examineAccessBlock(change: Change): readonly Remark[] {
  return BLOCK_SWITCHES.flatMap((name): Remark[] => {
    const { before, after, unknown, words } = attributeAt(change, name);
    if (unknown) return [review(words)];
    if (after === true || (change.kind !== "create" && before !== true)) return [];
    return [block("public", line`public access is no longer blocked: ${words}`)];
  });
}

/** Not for a bucket that is imported or made: only where somebody takes the brake off. */
function examineForceDestroy(change: Change): readonly Remark[] {
  const { before, after, words } = attributeAt(change, "force_destroy");
  if (change.kind === "create" || after !== true || before === true) return [];
  return [block("unprotect", line`Terraform may empty the bucket when it destroys it (${words})`)];
}

function examineAcl(change: Change): readonly Remark[] {
  const { before, after, unknown, words } = attributeAt(change, "acl");
  const isOpened = typeof after === "string" && PUBLIC_ACLS.test(after) && after !== before;
  const isOther = change.kind !== "create" && (unknown ? isText(before) : after !== before);
  const [earlier, later] = [grantees(change.before), grantees(change.after)];
  const gained = later.filter((grantee) => !earlier.includes(grantee));
  const owner = ownerIn(change.after) ?? ownerIn(change.before);
  return [
    ...(isOpened ? [block("public", line`open to the public: ${words}`)] : []),
    ...(isOther && !isOpened ? [review(line`the ACL changes who has access: ${words}`)] : []),
    ...gained.flatMap((grantee): Remark[] => {
      if (PUBLIC_GRANTEES.test(grantee))
        return [block("public", line`open to the public by a grant in its ACL: ${grantee}`)];
      if (grantee === owner) return [];
      return [
        grantee.startsWith("http")
          ? review(line`its ACL grants access to ${grantee}`)
          : block("account", line`its ACL grants access to another account: ${grantee}`),
      ];
    }),
    ...(earlier.some((grantee) => !later.includes(grantee)) ? [review(["its ACL takes access away"])] : []),
  ];
}

function grantees(values: Change["after"]): readonly string[] {
  const granted = listIn(objectIn(values.access_control_policy).grant).map((grant) =>
    objectIn(objectIn(grant).grantee),
  );
  return [...granted, ...listIn(values.grant).map(objectIn)]
    .map(({ uri, id, email_address }) => [uri, id, email_address].find(isText) ?? "")
    .filter(isText);
}

function ownerIn(values: Change["after"]): string | undefined {
  const { id } = objectIn(objectIn(values.access_control_policy).owner);
  return isText(id) ? id : undefined;
}

/** Where the rules of a bucket's encryption are; a key of another account is told as a destination. */
function examineEncryption(change: Change, ...rules: readonly (string | number)[]): readonly Remark[] {
  if (change.kind === "create") return [];
  const rule = attributeAt(change, ...rules);
  if (rule.unknown && !isFilled(rule.after)) return [review(["the encryption is known only after apply"])];
  const path = [...rules, 0, "apply_server_side_encryption_by_default", 0] as const;
  const algorithm = attributeAt(change, ...path, "sse_algorithm");
  const key = attributeAt(change, ...path, "kms_master_key_id");
  if (isText(algorithm.before) && !isText(algorithm.after) && !algorithm.unknown)
    return [block("unprotect", ["encryption is removed: only what S3 does by itself is left"])];
  const isWeaker = String(algorithm.before).startsWith("aws:kms") && algorithm.after === "AES256";
  if (isWeaker) return [review(line`encryption with a key of S3 alone: ${algorithm.words}`)];
  const isOther = algorithm.before !== algorithm.after || (key.before ?? "") !== (key.after ?? "") || key.unknown;
  return isOther && isText(algorithm.before)
    ? [review(line`new objects use another key, which readers need permission for: ${algorithm.words}, ${key.words}`)]
    : [];
}

function examineObjectLock(change: Change, ...rules: readonly (string | number)[]): readonly Remark[] {
  if (change.kind === "create") return [];
  const [before, after] = [change.before, change.after].map((values) => retentionIn(values, rules));
  if (!before || before.days === 0) return [];
  if (attributeAt(change, ...rules).unknown) return [review(["the retention is known only after apply"])];
  if (!after || after.days === 0) return [block("unprotect", [NO_LOCK])];
  return [
    ...(after.days < before.days
      ? [block("unprotect", line`new objects are locked for ${after.days} days, not for ${before.days} as before`)]
      : []),
    ...(before.mode !== "COMPLIANCE" && after.mode === "COMPLIANCE"
      ? [review(["no one can delete new objects before their retention ends"])]
      : []),
    ...(before.mode === "COMPLIANCE" && after.mode !== "COMPLIANCE"
      ? [block("unprotect", ["principals that may bypass GOVERNANCE can delete locked objects"])]
      : []),
  ];
}

function retentionIn(values: Change["after"], [first = "", ...rest]: readonly (string | number)[]) {
  let rule = objectIn(values[first]);
  for (const step of rest) if (typeof step === "string") rule = objectIn(rule[step]);
  const { days, years, mode } = objectIn(rule.default_retention);
  return { days: typeof years === "number" && years > 0 ? years * 365 : Number(days ?? 0), mode };
}

function examineCors(change: Change): readonly Remark[] {
  const { before, after, unknown } = attributeAt(change, "cors_rule");
  if (unknown && !isFilled(after)) return [review(["CORS rules are known after apply"])];
  if (change.kind === "create") return [];
  return ["allowed_origins", "allowed_methods", "allowed_headers"].flatMap((key): Remark[] => {
    const [earlier, later] = [membersOf(before, key), membersOf(after, key)];
    const gained = earlier.has("*") ? [] : [...later].filter((member) => !earlier.has(member));
    // A list of origins in the place of everybody is what makes the rule safer.
    const lost =
      later.has("*") || (earlier.has("*") && later.size > 0) ? [] : [...earlier].filter((member) => !later.has(member));
    const show = (members: readonly unknown[]) =>
      `${key} ${members.map((member) => JSON.stringify(member)).join(", ")}`;
    return [
      ...(gained.length > 0 ? [review(line`CORS widened: ${show(gained)}`)] : []),
      ...(lost.length > 0 ? [review(line`web pages can no longer call the bucket: ${show(lost)}`)] : []),
    ];
  });
}

function membersOf(rules: unknown, key: string): ReadonlySet<unknown> {
  return new Set(listIn(rules).flatMap((rule) => listIn(objectIn(rule)[key])));
}
