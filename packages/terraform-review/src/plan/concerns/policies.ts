import { type JsonObject, listIn } from "../../model/json";
import { type Line, line, quoteAll } from "../../model/line";
import { shorten } from "../../render/text";
import { type Change, isSensitive, isUnknown } from "../change";
import { block, type Finding, finding, note, type Remark, review } from "../finding";
import type { PlanContext } from "../plan-context";
import { describePolicyChange, describeStatement } from "../policy/describe-policy";
import { type PolicyDocument, policyDocuments } from "../policy/policy-documents";
import { newlyPublic, transportRule } from "../policy/public-access";
import { rulesOf } from "../rules/rules";

const FULL_CONTROL = /:policy\/(?:AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;
const ATTACHMENT = /^aws_iam_(?:\w+_)?policy_attachment$/;

/** Who may do what from now on, statement by statement, and whether that lets the public in. */
export function reviewPolicies(change: Change, context: PlanContext): readonly Finding[] {
  if (change.isData || !["create", "update", "replace", "delete"].includes(change.kind)) return [];
  // What belongs to a bucket goes with it: the bucket's destruction says enough.
  const isGone = change.kind === "delete" && (context.losesSubject(change) || change.deposed !== undefined);
  const documents = policyDocuments(change);
  const permissions = [
    ...documents.flatMap((document) => reviewDocument(document, change, context)),
    ...reviewInvoker(change),
    ...reviewManagedPolicies(change),
  ];
  const protection = change.kind === "delete" ? rulesOf(change.type)?.destroyed : undefined;
  const exposure = isGone
    ? []
    : [
        ...documents.flatMap((document) => reviewExposure(document, change)),
        ...(protection ? [protection] : []),
        ...renaming(change, context),
      ];
  return [
    ...(permissions.length > 0 ? [finding(change, "permissions", "note", [], permissions)] : []),
    ...(exposure.length > 0
      ? [finding(change, "exposure", "note", change.kind === "delete" ? [" is destroyed"] : [], exposure)]
      : []),
  ];
}

/** Two blocks that say the same about one bucket: nothing tells which of them Terraform comes to last. */
function renaming(change: Change, context: PlanContext): readonly Remark[] {
  const successor = rulesOf(change.type)?.destroyed && context.successorOf(change);
  if (!successor) return [];
  return [
    note(line`${successor.address} is created in its place, in no certain order: a moved block keeps what is there`),
  ];
}

function reviewDocument(document: PolicyDocument, change: Change, context: PlanContext): readonly Remark[] {
  const { attribute, before, after, sensitive, unknown } = document;
  if (unknown) {
    if (isMirrored(document, change, context)) return [];
    const source = context.describeReferences(change, attribute);
    return [review(line`${attribute}: known only after apply${source}`)];
  }
  const words = describePolicyChange(before, after);
  if (words.length === 0) return [];
  if (sensitive) return [review(line`${attribute} changes, and is sensitive: its statements are not shown`)];
  // A new policy that only refuses takes nothing from anybody.
  const isRefusal = before.length === 0 && after.every(({ effect }) => effect === "Deny");
  return words.map((part) => (isRefusal ? note(part) : review(part)));
}

/** Resources that repeat the policy that another one gives them. */
const MIRRORS = /^aws_(?:s3_bucket|sqs_queue|sns_topic|kms_key)$/;

/** Nobody wrote a policy here: the provider tells afterwards which one there is. */
function isMirrored({ attribute, before }: PolicyDocument, change: Change, { plan }: PlanContext): boolean {
  const isConfigured = plan.configuration.isConfigured(change.address, attribute);
  if (isConfigured !== undefined) return !isConfigured && before.length === 0;
  return (change.kind === "create" || change.kind === "replace") && MIRRORS.test(change.type);
}

function reviewExposure(document: PolicyDocument, { kind }: Change): readonly Remark[] {
  const { attribute, before, after, sensitive, unknown } = document;
  if (unknown) return [];
  const show = (words: Line): Line => (sensitive ? ["(sensitive)"] : words);
  const open = newlyPublic(before, after).map((statement) =>
    block("public", line`${attribute} gives access to anyone: ${show(describeStatement(statement))}`),
  );
  const rule = transportRule(before, after);
  if (rule === "lost") return [...open, block("unprotect", line`${attribute} no longer refuses requests without TLS`)];
  // The policy of another resource names other resources, and has to.
  if (rule === "narrowed" && kind === "update")
    return [...open, block("unprotect", line`${attribute} refuses fewer requests without TLS than before`)];
  if (rule === "conditioned" && kind === "update")
    return [...open, review(line`${attribute} refuses requests without TLS under more conditions than before`)];
  return open;
}

/** A service acts for every account that uses it, unless its source is named. */
function reviewInvoker(change: Change): readonly Remark[] {
  const { principal, source_arn, source_account } = change.after;
  if (change.type !== "aws_lambda_permission" || change.kind === "delete" || typeof principal !== "string") return [];
  if (!principal.includes(".amazonaws.com") || source_arn || source_account) return [];
  if (isUnknown(change, "source_arn") || isUnknown(change, "source_account")) return [];
  return [review(line`${principal} may invoke it on behalf of any account: no source is named`)];
}

function reviewManagedPolicies(change: Change): readonly Remark[] {
  const attribute = ATTACHMENT.test(change.type) ? "policy_arn" : "managed_policy_arns";
  const before = managedPolicies(change.type, change.before);
  const after = isUnknown(change, attribute) ? before : managedPolicies(change.type, change.after);
  const gained = after.filter((arn) => !before.includes(arn));
  const lost = before.filter((arn) => !after.includes(arn));
  const warning = gained.some((arn) => FULL_CONTROL.test(arn)) ? [" (rules the account)"] : [];
  const show = (arns: readonly string[]): Line =>
    isSensitive(change, attribute) ? ["(sensitive)"] : quoteAll(arns.map((arn) => shorten(arn)));
  return [
    ...(gained.length > 0 ? [review(line`gains managed policy ${show(gained)}${warning}`)] : []),
    ...(lost.length > 0 ? [review(line`loses managed policy ${show(lost)}`)] : []),
    ...(attribute === "policy_arn" && isUnknown(change, attribute)
      ? [review(["gains a managed policy that is known after apply"])]
      : []),
  ];
}

function managedPolicies(type: string, values: JsonObject): readonly string[] {
  const attached = ATTACHMENT.test(type) ? [values.policy_arn] : listIn(values.managed_policy_arns);
  return attached.filter((arn): arn is string => typeof arn === "string");
}
