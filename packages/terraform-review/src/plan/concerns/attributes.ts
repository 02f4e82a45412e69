import type { Difference } from "../../model/difference";
import { isEmpty } from "../../model/json";
import { joinLines, type Line, line } from "../../model/line";
import { showDifference, showPath, showValue } from "../../render/show-difference";
import { shorten } from "../../render/text";
import { type Change, differencesOf } from "../change";
import { type Finding, finding, note, type Remark } from "../finding";
import type { PlanContext } from "../plan-context";
import { describePolicyChange } from "../policy/describe-policy";
import { policyDocuments } from "../policy/policy-documents";
import { reviewDestinations } from "../rules/destinations";
import { reviewPublicValues } from "../rules/public-values";
import { judge, rulesOf } from "../rules/rules";

/** What a change does to a resource that stays, or to one that takes its place, attribute by attribute. */
export function reviewAttributes(change: Change, context: PlanContext): readonly Finding[] {
  if (change.isData || (change.kind !== "update" && change.kind !== "replace" && change.kind !== "create")) return [];
  const differences = differencesOf(change);
  const examined = [
    ...(rulesOf(change.type)?.examine?.(change, context) ?? []),
    ...reviewPublicValues(change, differences),
    ...reviewDestinations(change, differences, context),
  ];
  const exposed = examined.length === 0 ? [] : [finding(change, "exposure", "note", [], examined)];
  return change.kind === "create"
    ? exposed
    : [...exposed, ...reviewDifferences(change, differences, context, examined)];
}

const MAX_ALIKE = 4;

interface Judged {
  readonly remark: Remark;
  readonly difference: Difference;
}

function reviewDifferences(
  change: Change,
  all: readonly Difference[],
  context: PlanContext,
  said: readonly Remark[],
): readonly Finding[] {
  const told = new Set(policyAttributes(change));
  const judged = withoutMirroredTags(all)
    .filter((difference) => !told.has(topLevel(difference)))
    .filter((difference) => !isComputedHere(change, difference, context) && !isForcing(change, difference))
    .map((difference): Judged => ({ difference, remark: remarkOn(difference, change, context) }));
  const blocking = judged.filter(({ remark }) => remark.severity === "block").map(({ remark }) => remark);
  const rest = judged.filter(
    ({ remark, difference }) => remark.severity !== "block" && !isSaid(difference, remark, said),
  );
  // What a replacement recalculates is the replacement's to tell.
  const shown = change.kind === "replace" ? rest.filter(({ remark }) => remark.severity !== "note") : rest;
  const isRuntime = ({ difference }: Judged) =>
    change.type === "aws_lambda_function" && !/^tags/.test(difference.attribute);
  const runtime = describeAll(shown.filter(isRuntime), change, context);
  const details = describeAll(
    shown.filter((one) => !isRuntime(one)),
    change,
    context,
  );
  if (blocking.length + details.length + runtime.length + said.length === 0 && change.kind === "update")
    return onlyRewritten(change, all);
  return [
    ...(blocking.length > 0 ? [finding(change, "exposure", "note", [], blocking)] : []),
    ...(runtime.length > 0 ? [finding(change, "runtime", "note", [], runtime)] : []),
    ...(details.length > 0 ? [finding(change, "update", "note", [], details)] : []),
  ];
}

function remarkOn(difference: Difference, change: Change, context: PlanContext): Remark {
  const { severity, kind, words } = judge(difference, change, context);
  const shown = describe(difference, change, context);
  const remark = words ? line`${words} (${shown})` : shown;
  return kind ? { severity, kind, words: remark } : { severity, words: remark };
}

/** Nobody set it, and the provider fills it in: the configuration says so, or the resource is made anew. */
function isComputedHere({ address, kind }: Change, difference: Difference, { plan }: PlanContext): boolean {
  if (!difference.unknown) return false;
  const isConfigured = plan.configuration.isConfigured(address, topLevel(difference));
  if (kind === "replace") return isConfigured !== true;
  return isConfigured === false && isEmpty(difference.before);
}

/** It is told with the replacement that it forces. */
function isForcing({ kind, replacePaths }: Change, { path }: Difference): boolean {
  return kind === "replace" && replacePaths.some((forced) => forced.every((step, index) => step === path[index]));
}

function topLevel({ attribute }: Difference): string {
  return attribute.split(".")[0] ?? "";
}

/** Whether an examination has said it already, with its meaning. */
function isSaid(difference: Difference, { severity }: Remark, said: readonly Remark[]): boolean {
  const text = keyOf(showDifference(difference));
  return severity === "note" && said.some(({ words }) => keyOf(words).includes(text));
}

function keyOf(words: Line): string {
  return words.map((span) => (typeof span === "string" ? span : JSON.stringify(span))).join("");
}

/** A permission is all policy, and still has attributes. */
function policyAttributes(change: Change): readonly string[] {
  return change.type === "aws_lambda_permission" ? [] : policyDocuments(change).map(({ attribute }) => attribute);
}

/** Policies whose text differs and whose meaning does not. */
function onlyRewritten(change: Change, differences: readonly Difference[]): readonly Finding[] {
  const attributes = new Set(differences.map(({ attribute }) => attribute.split(".")[0]));
  const rewritten = policyDocuments(change).filter(({ attribute }) => attributes.has(attribute));
  const isSame = rewritten.every(
    ({ before, after, unknown }) => !unknown && describePolicyChange(before, after).length === 0,
  );
  if (!isSame || rewritten.length === 0) return [];
  return [finding(change, "update", "note", [": written in another way, allows and denies the same"])];
}

function describeAll(judged: readonly Judged[], { address }: Change, { plan }: PlanContext): readonly Remark[] {
  // Computed attributes are recalculated with every change: one line for all of them.
  const many = manyIn(judged);
  const isRecalculated = ({ difference, remark }: Judged) => difference.unknown && remark.severity === "note";
  const names = judged.filter(isRecalculated).map(({ difference }) => line`${shorten(showPath(difference.path))}`);
  const isOneOfMany = ({ difference, remark }: Judged) => remark.severity === "note" && many.has(topLevel(difference));
  const details = judged
    .filter((one) => !isRecalculated(one) && !isOneOfMany(one))
    .map(({ remark, difference }) => {
      const references = difference.unknown ? plan.configuration.referencesOf(address, topLevel(difference)) : [];
      if (references.length === 0) return remark;
      return {
        ...remark,
        words: line`${remark.words}, from ${joinLines(references.map((reference) => line`${reference}`))}`,
      };
    });
  const counted = [...many].map(([name, count]) => note(line`${name}: ${count} values differ`));
  return [...details, ...counted, ...(names.length > 0 ? [note(line`known after apply: ${joinLines(names)}`)] : [])];
}

/** Attributes with more harmless differences than anybody reads, such as the body of a dashboard. */
function manyIn(judged: readonly Judged[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { difference, remark } of judged)
    if (remark.severity === "note" && !difference.unknown)
      counts.set(topLevel(difference), (counts.get(topLevel(difference)) ?? 0) + 1);
  return new Map([...counts].filter(([name, count]) => count > MAX_ALIKE && !/^(?:tags|environment)/.test(name)));
}

function describe(difference: Difference, { type, before }: Change, context: PlanContext): Line {
  if (type !== "aws_lambda_function") return showDifference(difference);
  const { path, sensitive } = difference;
  if (path[0] === "source_code_hash") return describeCode(before.source_code_size, difference, context);
  if (path[0] !== "environment" || path.length < 4) return showDifference(difference);
  const name = String(path.at(-1));
  if (difference.before === undefined)
    return line`environment gains ${shorten(name)} = ${showValue(difference.after, difference)}`;
  if (difference.after === undefined && !difference.unknown)
    return line`environment loses ${shorten(name)}, which was ${showValue(difference.before, { sensitive })}`;
  return line`environment ${showDifference({ ...difference, path: [name] })}`;
}

/** The hash of the package, with its size in bytes where the plan tells. */
function describeCode(bytesBefore: unknown, difference: Difference, { plan }: PlanContext): Line {
  const archive = plan.dataSources.find(
    ({ type, values }) => type === "archive_file" && values.output_base64sha256 === difference.after,
  );
  const size = typeof bytesBefore === "number" && bytesBefore > 0 ? bytesBefore : undefined;
  const nextSize = typeof archive?.values.output_size === "number" ? archive.values.output_size : undefined;
  if (difference.sensitive || (size === undefined && nextSize === undefined))
    return line`code: ${showDifference(difference)}`;
  const show = (bytes: number | undefined): Line => (bytes === undefined ? ["unknown size"] : line`${bytes} bytes`);
  return line`code: ${showDifference(difference)} (${show(size)} → ${show(nextSize)})`;
}

/** `tags_all` repeats `tags`, and says something of its own only about the provider's tags. */
export function withoutMirroredTags(differences: readonly Difference[]): readonly Difference[] {
  const tags = new Set(differences.filter(({ path }) => path[0] === "tags").map(({ path }) => path[1]));
  return differences.filter(({ path }) => path[0] !== "tags_all" || !(tags.has(path[1]) || tags.has(undefined)));
}
