import { type JsonObject, listIn } from "../../model/json";
import { type Line, line, quoteAll } from "../../model/line";
import { maskAt } from "../../model/mask";
import { shorten } from "../../render/text";
import type { Change } from "../change";
import type { Finding } from "../finding";
import { describePolicyChange } from "../policy/describe-policy";
import { type PolicyDocument, policyDocuments } from "../policy/policy-documents";
import { finding, type Remark } from "./concern";

const FULL_CONTROL = /:policy\/(?:AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

/** Who may do what from now on, statement by statement. */
export function reviewPermissions(change: Change): readonly Finding[] {
  if (change.isData || change.kind === "no-op" || change.kind === "read" || change.kind === "forget") return [];
  const remarks = [
    ...policyDocuments(change).flatMap((document) => reviewDocument(document)),
    ...reviewInvoker(change),
    ...reviewManagedPolicies(change),
    ...reviewBoundary(change),
  ];
  if (remarks.length === 0) return [];
  const weighs = remarks.some(({ severity }) => severity !== "note");
  return [
    finding(
      change,
      "permissions",
      weighs ? "review" : "note",
      [],
      remarks.map(({ words }) => words),
    ),
  ];
}

function reviewDocument(document: PolicyDocument): readonly Remark[] {
  const { attribute, before, after, sensitive, unknown } = document;
  if (unknown)
    return [{ severity: "review", words: line`${attribute}: known after apply, nobody can say yet what it allows` }];
  const words = describePolicyChange(before, after);
  if (words.length === 0) return [];
  if (sensitive)
    return [{ severity: "review", words: line`${attribute} changes, and is sensitive: its statements are not shown` }];
  // A new policy that only refuses takes nothing from anybody.
  const severity = before.length === 0 && after.every(({ effect }) => effect === "Deny") ? "note" : "review";
  return words.map((part) => ({ severity, words: part }));
}

/** A service acts for every account that uses it, unless its source is named. */
function reviewInvoker({ type, kind, after, unknown }: Change): readonly Remark[] {
  const { principal, source_arn, source_account } = after;
  if (type !== "aws_lambda_permission" || kind === "delete" || typeof principal !== "string") return [];
  if (!principal.includes(".amazonaws.com") || source_arn || source_account) return [];
  if (maskAt(unknown, ["source_arn"]) === true || maskAt(unknown, ["source_account"]) === true) return [];
  return [{ severity: "review", words: line`${principal} may invoke it on behalf of any account: no source is named` }];
}

function reviewManagedPolicies(change: Change): readonly Remark[] {
  const before = managedPolicies(change.type, change.before);
  const isUnknown = maskAt(change.unknown, ["managed_policy_arns"]) === true;
  const after = isUnknown ? before : managedPolicies(change.type, change.after);
  const gained = after.filter((arn) => !before.includes(arn));
  const lost = before.filter((arn) => !after.includes(arn));
  const warning = gained.some((arn) => FULL_CONTROL.test(arn)) ? [" (rules the account)"] : [];
  const show = (arns: readonly string[]): Line =>
    isSecret(change) ? ["(sensitive)"] : quoteAll(arns.map((arn) => shorten(arn)));
  return [
    ...(gained.length > 0 ? [line`gains managed policy ${show(gained)}${warning}`] : []),
    ...(lost.length > 0 ? [line`loses managed policy ${show(lost)}`] : []),
    ...(attachesUnknown(change) ? [["gains a managed policy that is known after apply"]] : []),
  ].map((words) => ({ severity: "review", words }));
}

function managedPolicies(type: string, values: JsonObject): string[] {
  const attached = type.endsWith("_policy_attachment") ? [values.policy_arn] : listIn(values.managed_policy_arns);
  return attached.filter((arn): arn is string => typeof arn === "string");
}

function attachesUnknown({ type, unknown }: Change): boolean {
  return type.endsWith("_policy_attachment") && maskAt(unknown, ["policy_arn"]) === true;
}

function isSecret({ beforeSensitive, afterSensitive }: Change): boolean {
  return [beforeSensitive, afterSensitive].some((mask) => maskAt(mask, ["policy_arn"]) === true);
}

function reviewBoundary({ before, after, kind, unknown }: Change): readonly Remark[] {
  if (kind === "delete" || !before.permissions_boundary || after.permissions_boundary) return [];
  if (maskAt(unknown, ["permissions_boundary"]) === true) return [];
  return [{ severity: "review", words: ["permissions boundary removed"] }];
}
