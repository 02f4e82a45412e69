import { type Finding, type Severity, worst } from "../finding";
import type { PlanReview } from "../review";
import type { Counts } from "../verdict";

export function overallSeverity(reviews: readonly PlanReview[]): Severity {
  return worst(reviews.map(({ severity }) => severity));
}

export function overallCounts(reviews: readonly PlanReview[]): Counts {
  const total = (key: keyof Counts) => reviews.reduce((sum, { counts }) => sum + counts[key], 0);
  return {
    create: total("create"),
    update: total("update"),
    replace: total("replace"),
    destroy: total("destroy"),
    forget: total("forget"),
    import: total("import"),
    move: total("move"),
  };
}

/** `2 findings block, 3 need a look.` */
export function describeWeights(findings: readonly Finding[]): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const [blocks, reviews] = [count("block"), count("review")];
  const parts = [
    ...(blocks > 0 ? [`${blocks} ${blocks === 1 ? "finding blocks" : "findings block"} this change`] : []),
    ...(reviews > 0 ? [`${reviews} ${reviews === 1 ? "finding needs" : "findings need"} a look`] : []),
  ];
  return parts.length === 0 ? "Nothing needs a look." : `${parts.join(", ")}.`;
}
