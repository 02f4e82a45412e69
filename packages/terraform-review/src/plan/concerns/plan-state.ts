import { isEmpty, type Json } from "../../model/json";
import { line, quoteAll } from "../../model/line";
import { isMasked } from "../../model/mask";
import { showDifference, showValue } from "../../render/show-difference";
import { shorten } from "../../render/text";
import { type Change, differencesOf, type OutputChange, type PlannedChanges } from "../change";
import { type Finding, finding, note, review } from "../finding";
import type { PlanContext } from "../plan-context";
import { judge } from "../rules/rules";
import { withoutMirroredTags } from "./attributes";

const PLAN = { construct: "", address: "", type: "" };

/** What the plan says about itself: whether it can be trusted to be whole. */
export function reviewPlanState(plan: PlannedChanges, context: PlanContext): readonly Finding[] {
  return [
    ...(plan.errored ? [ERRORED] : []),
    ...(plan.complete || plan.errored
      ? []
      : [finding(PLAN, "plan", "review", ["this plan is not complete: another one has to follow its apply"])]),
    ...(plan.redacted
      ? [
          finding(PLAN, "plan", "review", [
            "this plan is redacted: where values come from, checks and provisioners are not in it",
          ]),
        ]
      : []),
    ...plan.failedChecks.map(({ name, status, messages }) =>
      finding(
        PLAN,
        "plan",
        "review",
        line`check ${shorten(name)} ${status === "fail" ? ["fails"] : ["could not be evaluated"]}`,
        messages.map((message) => note(line`${shorten(message)}`)),
      ),
    ),
    ...plan.deferred.map(({ change, reason }) =>
      finding(change, "plan", "review", line` is left to a later plan: ${shorten(reason)}`),
    ),
    ...plan.changes.filter(({ kind }) => kind === "other").map(reviewOther),
    ...reviewProviders(plan, context),
    ...plan.configuration.programs.map((address) =>
      finding({ ...PLAN, address }, "plan", "review", [" runs a program on the machine that plans"]),
    ),
  ];
}

const ERRORED: Finding = {
  ...PLAN,
  concern: "plan",
  severity: "block",
  title: ["Terraform stopped with an error while it planned: this plan cannot be applied, and may lack changes"],
  details: [note(["most often prevent_destroy refuses a destruction: what would be destroyed stands below"])],
};

function reviewOther(change: Change): Finding {
  const actions = shorten(change.actions.join(", "));
  return finding(change, "plan", "review", line`: this review does not know what ${actions} does`);
}

/** A provider that acts elsewhere from now on finds nothing there, and makes everything anew. */
function reviewProviders({ changes, configuration }: PlannedChanges, context: PlanContext): readonly Finding[] {
  const aws = configuration.providers.get("aws");
  if (!aws) return [];
  const constantOf = (expression: Json | undefined): Json | undefined =>
    isEmpty(expression) ? undefined : (expression as { readonly constant_value?: Json }).constant_value;
  const region = constantOf(aws.region);
  const regions = new Set(
    changes
      .filter(({ isData }) => !isData)
      .map(({ before }) => before.region)
      .filter((name) => typeof name === "string"),
  );
  const roles = JSON.stringify(aws.assume_role ?? "").match(/arn:aws[\w-]*:iam::(\d{12}):role/)?.[1];
  return [
    ...(typeof region === "string" && regions.size > 0 && !regions.has(region)
      ? [
          finding(
            PLAN,
            "plan",
            "review",
            line`the provider acts in ${region}, and what exists lies in ${quoteAll([...regions].map(String))}`,
          ),
        ]
      : []),
    ...(roles && context.ownAccounts.size > 0 && context.isForeign(roles)
      ? [
          finding(
            PLAN,
            "plan",
            "review",
            line`the provider assumes a role of account ${roles}, and what exists lies in ${quoteAll(context.ownAccounts)}`,
          ),
        ]
      : []),
  ];
}

const OUTPUT_WORDS = { create: " is new", delete: " is gone" } as const;

/** Values that the stack hands out. */
export function reviewOutput(output: OutputChange, { configuration }: PlannedChanges): readonly Finding[] {
  const { name, kind, before, after, beforeSensitive, afterSensitive } = output;
  const subject = { construct: "", address: `output ${name}` };
  // Terraform masks both sides when either is sensitive: only the configuration tells which one.
  const isCovered = afterSensitive && configuration.isSensitiveOutput(name) !== false;
  const isUncovered = beforeSensitive && !isCovered && kind !== "delete" && kind !== "create";
  const uncovered = isUncovered ? [review(["its value was sensitive, and is shown from now on"])] : [];
  if (kind === "no-op") return uncovered.length > 0 ? [finding(subject, "output", "review", [], uncovered)] : [];
  const title = kind === "create" || kind === "delete" ? [OUTPUT_WORDS[kind]] : [];
  const sensitive = beforeSensitive || afterSensitive;
  const from = showValue(before, { sensitive: sensitive && before !== null });
  const to = showValue(after, { sensitive, unknown: isMasked(output.unknown) });
  const details = kind === "delete" ? [] : [note(line`${from} → ${to}`), ...uncovered];
  return [finding(subject, "output", "note", title, details)];
}

/** What changed outside Terraform since the last apply, which the plan undoes, builds upon, or leaves. */
export function reviewDrift({ drift, changes }: PlannedChanges, context: PlanContext): readonly Finding[] {
  const planned = new Map(changes.map((change) => [change.address, change]));
  return drift
    .filter(({ kind }) => kind !== "no-op")
    .map((change) => reviewDrifted(change, planned.get(change.address), context));
}

function reviewDrifted(drifted: Change, planned: Change | undefined, context: PlanContext): Finding {
  if (drifted.kind === "delete") return finding(drifted, "drift", "review", [": deleted outside Terraform"]);
  // The provider fills in attributes that nobody manages: without a change of the plan there is nothing to decide.
  const isTouched = planned !== undefined && planned.kind !== "no-op";
  const title = isTouched ? ": changed outside Terraform, and by this plan" : ": changed outside Terraform";
  const differences = withoutMirroredTags(differencesOf(drifted));
  const isDangerous = differences.some((difference) => judge(difference, drifted, context).severity === "block");
  const details = differences.map((difference) => note(showDifference(difference)));
  return finding(drifted, "drift", isTouched || isDangerous ? "review" : "note", [title], details);
}
