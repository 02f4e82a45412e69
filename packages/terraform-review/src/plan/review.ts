import { type Allowance, applyAllowances, unusedAllowances } from "./allowance";
import type { Change } from "./change";
import { changesOfPlan } from "./changes-of-plan";
import { reviewArrivals } from "./concerns/arrivals";
import { reviewAttributes } from "./concerns/attributes";
import { reviewDestruction } from "./concerns/destruction";
import { reviewDrift, reviewOutput, reviewPlanState } from "./concerns/plan-state";
import { reviewPolicies } from "./concerns/policies";
import { type Counts, countChanges, type Finding, type Severity, worst } from "./finding";
import { PlanContext } from "./plan-context";
import type { Plan } from "./plan-schema";

/** Everything that a reviewer should know of one plan. */
export interface PlanReview {
  /** Where the plan came from. */
  readonly source: string;
  readonly severity: Severity;
  readonly counts: Counts;
  readonly findings: readonly Finding[];
  readonly unused: readonly Allowance[];
}

/** What one look at a change brings out. */
const REVIEWS: readonly ((change: Change, context: PlanContext) => readonly Finding[])[] = [
  reviewDestruction,
  reviewPolicies,
  reviewAttributes,
  reviewArrivals,
];

export function reviewPlan(plan: Plan, source: string, allowances: readonly Allowance[]): PlanReview {
  const planned = changesOfPlan(plan);
  const context = new PlanContext(planned);
  const found = [
    ...reviewPlanState(planned, context),
    ...planned.changes.flatMap((change) => REVIEWS.flatMap((review) => review(change, context))),
    ...planned.outputs.flatMap((output) => reviewOutput(output, planned)),
    ...reviewDrift(planned, context),
  ];
  const findings = applyAllowances(found, allowances);
  return {
    source,
    severity: worst(findings.map(({ severity }) => severity)),
    counts: countChanges(planned),
    findings,
    unused: unusedAllowances(allowances, found),
  };
}
