import type { Difference } from "../../model/difference";
import { joinLines, type Line, line } from "../../model/line";
import { showDifference, showPath } from "../../render/show-difference";
import { shorten } from "../../render/text";
import { type Change, differencesOf } from "../change";
import type { Finding } from "../finding";
import { describePolicyChange } from "../policy/describe-policy";
import { policyDocuments } from "../policy/policy-documents";
import { finding } from "./concern";
import { isRuntimeAttribute } from "./runtime";

/** Types whose dangerous attributes the other concerns know. */
const KNOWN_TYPES =
  /^(?:aws_(?:s3_|dynamodb_|lambda_|iam_|sqs_|sns_|cloudwatch_|kms_|xray_|resourcegroups_|budgets_|ssm_parameter|scheduler_|pipes_|applicationinsights_)|terraform_data$|null_|random_|time_|local_|archive_)/;
const LABELS = new Set(["tags", "tags_all", "description", "alarm_description"]);

/** Whether the review can say that a change of this resource is harmless. */
export function isKnownType({ type }: Change): boolean {
  return KNOWN_TYPES.test(type);
}

/** Whatever else changes in place, attribute by attribute. */
export function reviewUpdates(change: Change): readonly Finding[] {
  if (change.kind !== "update") return [];
  const all = differencesOf(change);
  const policies = policyAttributes(change);
  const differences = withoutMirroredTags(all).filter(
    ({ path }) => !isRuntimeAttribute(change, path[0]) && !policies.has(String(path[0])),
  );
  const onlyLabels = all.every(({ path }) => LABELS.has(String(path[0])));
  const details = describeAll(differences);
  if (details.length === 0 && all.length > 0) return onlyRewritten(change, all);
  return [finding(change, "update", onlyLabels || isKnownType(change) ? "note" : "review", [], details)];
}

/** A permission is all policy, and still has attributes. */
function policyAttributes(change: Change): ReadonlySet<string> {
  const documents = change.type === "aws_lambda_permission" ? [] : policyDocuments(change);
  return new Set(documents.map(({ attribute }) => attribute));
}

/** Policies whose text differs and whose meaning does not. */
function onlyRewritten(change: Change, differences: readonly Difference[]): readonly Finding[] {
  const attributes = [...new Set(differences.map(({ path }) => String(path[0])))];
  if (attributes.some((attribute) => isRuntimeAttribute(change, attribute))) return [];
  const rewritten = policyDocuments(change).filter(
    ({ attribute, unknown }) => attributes.includes(attribute) && !unknown,
  );
  const isSame = rewritten.every(({ before, after }) => describePolicyChange(before, after).length === 0);
  if (!isSame || rewritten.length === 0) return [];
  return [finding(change, "update", "note", [": written in another way, allows and denies the same"])];
}

function describeAll(differences: readonly Difference[]): readonly Line[] {
  // Computed attributes are recalculated with every change: one line for all of them.
  const unknown = differences.filter((difference) => difference.unknown);
  const known = differences.filter((difference) => !difference.unknown);
  const names = unknown.map(({ path }) => line`${shorten(showPath(path))}`);
  return [...known.map(showDifference), ...(names.length > 0 ? [line`known after apply: ${joinLines(names)}`] : [])];
}

/** `tags_all` repeats `tags`, and says something of its own only about the provider's tags. */
export function withoutMirroredTags(differences: readonly Difference[]): readonly Difference[] {
  const tags = new Set(differences.filter(({ path }) => path[0] === "tags").map(({ path }) => path[1]));
  return differences.filter(({ path }) => path[0] !== "tags_all" || !(tags.has(path[1]) || tags.has(undefined)));
}
