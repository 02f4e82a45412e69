import { isDestroyed } from "./change";
import { changesOfPlan } from "./changes-of-plan";
import { reviewArrivals } from "./concerns/arrivals";
import type { Review } from "./concerns/concern";
import { reviewDestruction } from "./concerns/destruction";
import { reviewDrift } from "./concerns/drift";
import { reviewExposure } from "./concerns/exposure";
import { reviewOutput } from "./concerns/outputs";
import { reviewPermissions } from "./concerns/permissions";
import { reviewPlanState } from "./concerns/plan-state";
import { reviewRuntime } from "./concerns/runtime";
import { reviewUpdates } from "./concerns/updates";
import { type Finding, type Severity, worst } from "./finding";
import { PlanContext } from "./plan-context";
import type { Plan } from "./plan-schema";
import { withoutRepetition } from "./repetition";
import { type Counts, countChanges } from "./verdict";

/** Everything that a reviewer should know of one plan. */
export interface PlanReview {
  /** Where the plan came from. */
  readonly source: string;
  readonly severity: Severity;
  readonly counts: Counts;
  readonly findings: readonly Finding[];
  /** Addresses that the plan destroys or replaces. */
  readonly destroyed: ReadonlySet<string>;
}

const REVIEWS: readonly Review[] = [
  reviewDestruction,
  reviewPermissions,
  reviewExposure,
  reviewRuntime,
  reviewUpdates,
  reviewArrivals,
];

/** @param allowed addresses whose destruction is meant */
export function reviewPlan(plan: Plan, source: string, allowed: ReadonlySet<string>): PlanReview {
  const planned = changesOfPlan(plan);
  const context = new PlanContext(planned, allowed);
  const findings = withoutRepetition([
    ...reviewPlanState(planned),
    ...planned.changes.flatMap((change) => REVIEWS.flatMap((review) => review(change, context))),
    ...planned.outputs.flatMap(reviewOutput),
    ...reviewDrift(planned),
  ]);
  return {
    source,
    severity: worst(findings.map(({ severity }) => severity)),
    counts: countChanges(planned),
    findings,
    destroyed: new Set(planned.changes.filter(isDestroyed).map(({ address }) => address)),
  };
}
