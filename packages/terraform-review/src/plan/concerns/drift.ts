import { showDifference } from "../../render/show-difference";
import { type Change, differencesOf, type PlannedChanges } from "../change";
import type { Finding } from "../finding";
import { finding } from "./concern";
import { withoutMirroredTags } from "./updates";

/** What changed outside Terraform since the last apply, which the plan undoes, builds upon, or leaves. */
export function reviewDrift({ drift, changes }: PlannedChanges): readonly Finding[] {
  const planned = new Map(changes.map((change) => [change.address, change]));
  return drift.filter(({ kind }) => kind !== "no-op").map((change) => reviewOne(change, planned.get(change.address)));
}

function reviewOne(drifted: Change, planned: Change | undefined): Finding {
  if (drifted.kind === "delete") return finding(drifted, "drift", "review", [": deleted outside Terraform"]);
  // The provider fills in attributes that nobody manages: without a change of the plan there is nothing to decide.
  const isTouched = planned !== undefined && planned.kind !== "no-op";
  const title = isTouched ? ": changed outside Terraform, and by this plan" : ": changed outside Terraform";
  return finding(
    drifted,
    "drift",
    isTouched ? "review" : "note",
    [title],
    withoutMirroredTags(differencesOf(drifted)).map(showDifference),
  );
}
