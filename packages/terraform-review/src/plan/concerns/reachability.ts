import { listIn, objectIn } from "../../model/json";
import { line } from "../../model/line";
import { showDifference } from "../../render/show-difference";
import { type Change, differencesOf } from "../change";
import { attributeAt } from "./attribute";
import type { Remark } from "./concern";

const PUBLIC_ACLS = /^(?:public-read|public-read-write|authenticated-read)$/;
const PUBLIC_GRANTEES = /\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/;
const BLOCK_SWITCHES = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
const OPEN_RANGES = /^(?:0\.0\.0\.0\/0|::\/0)$/;

/** Settings other than policies that let more people in. */
export function reviewReachability(change: Change): readonly Remark[] {
  return [
    ...reviewAccessBlock(change),
    ...reviewAcl(change),
    ...reviewOwnership(change),
    ...reviewCors(change),
    ...reviewFunctionUrl(change),
    ...reviewSwitch(change),
    ...reviewIngress(change),
  ];
}

/** New buckets are blocked by AWS: an access block that is made with a gap opens one. */
function reviewAccessBlock(change: Change): readonly Remark[] {
  if (!/^aws_s3_(?:bucket|account)_public_access_block$/.test(change.type)) return [];
  if (change.kind === "delete") return [{ severity: "block", words: ["public access is no longer blocked"] }];
  return BLOCK_SWITCHES.flatMap((name): Remark[] => {
    const { before, after, unknown, words } = attributeAt(change, name);
    if (unknown) return [{ severity: "review", words }];
    const isOn = after === true;
    if (isOn || (change.kind !== "create" && before !== true)) return [];
    return [{ severity: "block", words: line`public access is no longer blocked: ${words}` }];
  });
}

function reviewAcl(change: Change): readonly Remark[] {
  if (!/^aws_s3_(?:bucket|bucket_acl|object|bucket_object)$/.test(change.type) || change.kind === "delete") return [];
  const { before, after, words } = attributeAt(change, "acl");
  const isOpened = typeof after === "string" && PUBLIC_ACLS.test(after) && after !== before;
  const granted = (side: "before" | "after") =>
    listIn(objectIn(listIn(change[side].access_control_policy)[0]).grant)
      .map((grant) => String(objectIn(listIn(objectIn(grant).grantee)[0]).uri ?? ""))
      .filter((uri) => PUBLIC_GRANTEES.test(uri));
  const grants = granted("after").length > granted("before").length;
  return [
    ...(isOpened ? [{ severity: "block", words: line`open to the public: ${words}` } as const] : []),
    ...(grants ? [{ severity: "block", words: ["open to the public by a grant in its ACL"] } as const] : []),
  ];
}

function reviewOwnership(change: Change): readonly Remark[] {
  if (change.type !== "aws_s3_bucket_ownership_controls") return [];
  const { before, after, words } = attributeAt(change, "rule", 0, "object_ownership");
  if (before !== "BucketOwnerEnforced" || after === "BucketOwnerEnforced") return [];
  return [{ severity: "review", words: line`ACLs may grant access again: ${words}` }];
}

function reviewCors(change: Change): readonly Remark[] {
  if (change.type !== "aws_s3_bucket_cors_configuration" || change.kind === "delete") return [];
  const { before, after, unknown } = attributeAt(change, "cors_rule");
  if (unknown) return [{ severity: "review", words: ["CORS rules are known after apply"] }];
  if (change.kind === "create") return [];
  const widened = ["allowed_origins", "allowed_methods", "allowed_headers"].filter((key) => {
    const earlier = membersOf(before, key);
    return !earlier.has("*") && [...membersOf(after, key)].some((member) => !earlier.has(member));
  });
  if (widened.length === 0) return [];
  return differencesOf(change)
    .filter(({ path }) => path[0] === "cors_rule")
    .map((difference) => ({ severity: "review", words: line`CORS widened: ${showDifference(difference)}` }));
}

function membersOf(rules: unknown, key: string): ReadonlySet<unknown> {
  return new Set(listIn(rules).flatMap((rule) => listIn(objectIn(rule)[key])));
}

function reviewFunctionUrl(change: Change): readonly Remark[] {
  if (change.type !== "aws_lambda_function_url" || change.kind === "delete") return [];
  const { before, after, words } = attributeAt(change, "authorization_type");
  if (after !== "NONE" || before === "NONE") return [];
  return [{ severity: "block", words: line`anybody may call the function: ${words}` }];
}

function reviewSwitch(change: Change): readonly Remark[] {
  const { before, after, words } = attributeAt(change, "publicly_accessible");
  if (after !== true || before === true) return [];
  return [{ severity: "block", words: line`reachable from the internet: ${words}` }];
}

/** Often meant, for a web server: looked at, not blocked. */
function reviewIngress(change: Change): readonly Remark[] {
  if (!/^aws_(?:security_group|security_group_rule|vpc_security_group_ingress_rule)$/.test(change.type)) return [];
  if (change.kind === "delete" || change.after.type === "egress") return [];
  const open = (values: Change["after"]) =>
    [values, ...listIn(values.ingress).map(objectIn)]
      .flatMap((rule) => [
        rule.cidr_ipv4,
        rule.cidr_ipv6,
        ...listIn(rule.cidr_blocks),
        ...listIn(rule.ipv6_cidr_blocks),
      ])
      .filter((range) => typeof range === "string" && OPEN_RANGES.test(range)).length;
  if (open(change.after) <= open(change.before)) return [];
  return [{ severity: "review", words: ["the whole internet may connect"] }];
}
