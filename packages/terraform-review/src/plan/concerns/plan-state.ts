import { line } from "../../model/line";
import { shorten } from "../../render/text";
import type { Change, PlannedChanges } from "../change";
import type { Finding } from "../finding";
import { finding } from "./concern";

/** What the plan says about itself: whether it can be trusted to be whole. */
export function reviewPlanState(plan: PlannedChanges): readonly Finding[] {
  const about = { concern: "plan", construct: "", address: "" } as const;
  const errored: Finding = {
    ...about,
    severity: "block",
    title: ["Terraform stopped with an error while it planned: this plan cannot be applied, and may lack changes"],
    details: [["most often prevent_destroy refuses a destruction: what would be destroyed stands below"]],
  };
  const incomplete: Finding = {
    ...about,
    severity: "review",
    title: ["this plan is not complete: another one has to follow its apply"],
    details: [],
  };
  return [
    ...(plan.errored ? [errored] : []),
    ...(plan.complete || plan.errored ? [] : [incomplete]),
    ...plan.failedChecks.map(
      ({ name, status, messages }): Finding => ({
        ...about,
        severity: "review",
        title: line`check ${shorten(name)} ${status === "fail" ? ["fails"] : ["could not be evaluated"]}`,
        details: messages.map((message) => line`${shorten(message)}`),
      }),
    ),
    ...plan.deferred.map(({ change, reason }) =>
      finding(change, "plan", "review", line` is left to a later plan: ${shorten(reason)}`),
    ),
    ...plan.changes.filter(({ kind }) => kind === "other").map(reviewOther),
  ];
}

function reviewOther(change: Change): Finding {
  const actions = shorten(change.actions.join(", "));
  return finding(change, "plan", "review", line`: this review does not know what ${actions} does`);
}
