import { type Json, type JsonObject, listIn, objectIn } from "../../model/json";
import { isMasked, maskAt } from "../../model/mask";
import { type Change, isSensitive } from "../change";
import { type PolicyStatement, policyStatements } from "./policy-statement";

/** A policy that a resource carries, before and after its change. */
export interface PolicyDocument {
  readonly attribute: string;
  readonly before: readonly PolicyStatement[];
  readonly after: readonly PolicyStatement[];
  readonly sensitive: boolean;
  /** What it will say is known only after apply. */
  readonly unknown: boolean;
}

const POLICY_ATTRIBUTES = ["policy", "assume_role_policy", "access_policies", "policy_document", "resource_policy"];

const DOCUMENTS = new WeakMap<Change, readonly PolicyDocument[]>();

/** Every policy of a resource, wherever an attribute holds one. Each is parsed once. */
export function policyDocuments(change: Change): readonly PolicyDocument[] {
  const known = DOCUMENTS.get(change);
  if (known) return known;
  const documents = readDocuments(change);
  DOCUMENTS.set(change, documents);
  return documents;
}

function readDocuments(change: Change): readonly PolicyDocument[] {
  if (change.type === "aws_lambda_permission") return [permissionDocument(change)];
  const sides = [change.before, change.after, objectIn(change.unknown)];
  const attributes = [...new Set(sides.flatMap((side) => Object.keys(side)))];
  const found = attributes.map((attribute) => documentAt(change, attribute));
  return [...found.filter((document) => document !== undefined), ...inlinePolicies(change)];
}

function documentAt(change: Change, attribute: string): PolicyDocument | undefined {
  const before = policyStatements(change.before[attribute]);
  const after = policyStatements(change.after[attribute]);
  const unknown = isMasked(maskAt(change.unknown, [attribute]));
  if (!before && !after && !(unknown && POLICY_ATTRIBUTES.includes(attribute))) return undefined;
  return { attribute, before: before ?? [], after: after ?? [], unknown, sensitive: isSensitive(change, attribute) };
}

/** Policies inside a role's own block, by name. */
function inlinePolicies(change: Change): PolicyDocument[] {
  const byName = (side: Json | undefined) =>
    new Map(listIn(side).map((policy) => [String(objectIn(policy).name ?? ""), objectIn(policy).policy]));
  const before = byName(change.before.inline_policy);
  const after = byName(change.after.inline_policy);
  const unknown = isMasked(maskAt(change.unknown, ["inline_policy"]));
  const sensitive = isSensitive(change, "inline_policy");
  return [...new Set([...before.keys(), ...after.keys()])].map((name) => ({
    attribute: `inline_policy ${name}`,
    before: policyStatements(before.get(name)) ?? [],
    after: policyStatements(after.get(name)) ?? [],
    unknown,
    sensitive,
  }));
}

/** A permission of Lambda is a statement that AWS writes into the function's policy. */
function permissionDocument(change: Change): PolicyDocument {
  const attributes = ["principal", "action", "source_arn", "source_account", "principal_org_id"];
  return {
    attribute: "permission",
    before: permissionStatements(change.before),
    after: permissionStatements(change.after),
    unknown: attributes.some((attribute) => maskAt(change.unknown, [attribute]) === true),
    sensitive: attributes.some((attribute) => isSensitive(change, attribute)),
  };
}

function permissionStatements(permission: JsonObject): readonly PolicyStatement[] {
  const { principal } = permission;
  if (typeof principal !== "string") return [];
  const conditions = {
    ArnLike: { "AWS:SourceArn": permission.source_arn },
    StringEquals: {
      "AWS:SourceAccount": permission.source_account,
      "aws:PrincipalOrgID": permission.principal_org_id,
      "lambda:FunctionUrlAuthType": permission.function_url_auth_type,
    },
  };
  const statement = {
    Sid: permission.statement_id ?? null,
    Effect: "Allow",
    Principal: { [principal.includes(".amazonaws.com") ? "Service" : "AWS"]: principal },
    Action: permission.action ?? null,
    Resource: permission.function_name ?? null,
    Condition: Object.fromEntries(
      Object.entries(conditions).map(([operator, keys]) => [operator, withoutAbsent(keys)]),
    ),
  };
  return policyStatements({ Statement: [statement] }) ?? [];
}

function withoutAbsent(keys: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(keys).filter((entry): entry is [string, Json] => typeof entry[1] === "string" && entry[1] !== ""),
  );
}
