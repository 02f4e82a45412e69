import type { Line } from "../../model/line";
import type { Change } from "../change";
import type { Concern, Finding, Severity } from "../finding";
import type { PlanContext } from "../plan-context";

/** What one look at a change brings out. */
export type Review = (change: Change, context: PlanContext) => readonly Finding[];

/** A fact about a change, and how much it weighs. */
export interface Remark {
  readonly severity: Severity;
  readonly words: Line;
  /** It destroys data without destroying the resource: allowed by whoever allows the resource's destruction. */
  readonly destroysData?: boolean;
}

export function finding(
  change: Change,
  concern: Concern,
  severity: Severity,
  title: Line,
  details: readonly Line[] = [],
): Finding {
  return { concern, severity, construct: change.construct, address: change.address, title, details };
}
