import { type Line, line } from "../../model/line";
import type { Change } from "../change";
import { type Finding, worst } from "../finding";
import type { PlanContext } from "../plan-context";
import { finding, type Remark } from "./concern";
import { reviewPolicyExposure } from "./policy-exposure";
import { reviewProtection } from "./protection";
import { reviewReachability } from "./reachability";
import { reviewRetention } from "./retention";

/** Who reaches the data from now on, and how well and how long it is kept. */
export function reviewExposure(change: Change, context: PlanContext): readonly Finding[] {
  if (change.isData || change.kind === "no-op" || change.kind === "read" || change.kind === "forget") return [];
  // What belongs to a bucket goes with it: the bucket's destruction says enough.
  if (change.kind === "delete" && (context.losesSubject(change) || change.deposed)) return [];
  const remarks = [reviewReachability, reviewPolicyExposure, reviewProtection, reviewRetention].flatMap((review) =>
    review(change, context),
  );
  if (remarks.length === 0) return [];
  return [toFinding(change, context, remarks)];
}

function toFinding(change: Change, context: PlanContext, remarks: readonly Remark[]): Finding {
  const isAllowed = context.allowed.has(change.address);
  const isMeant = (remark: Remark) => isAllowed && (change.kind === "delete" || remark.destroysData === true);
  const severity = worst(remarks.map((remark) => (isMeant(remark) ? "review" : remark.severity)));
  const details = [
    ...remarks.map(({ words }) => words),
    ...(remarks.some(isMeant) ? [["meant: this destruction is allowed"]] : []),
    ...renaming(change, context),
  ];
  return finding(change, "exposure", severity, change.kind === "delete" ? [" is destroyed"] : [], details);
}

/** Two blocks that say the same about one bucket: nothing tells which of them Terraform comes to last. */
function renaming(change: Change, context: PlanContext): readonly Line[] {
  const successor = context.successorOf(change);
  if (!successor) return [];
  return [line`${successor.address} is created in its place, in no certain order: a moved block keeps what is there`];
}
