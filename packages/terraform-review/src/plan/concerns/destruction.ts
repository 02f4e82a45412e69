import { type Line, line } from "../../model/line";
import { maskAt } from "../../model/mask";
import { holdingOf } from "../../model/stores";
import { showDifference, showPath } from "../../render/show-difference";
import { shorten } from "../../render/text";
import { type Change, differencesOf, isDestroyed } from "../change";
import { block, type Finding, finding, note, type Remark } from "../finding";
import type { PlanContext } from "../plan-context";

const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: "it is tainted: an earlier apply failed halfway",
  replace_because_cannot_update: "it cannot be updated in place",
  replace_by_request: "its replacement was asked for on the command line",
  replace_by_triggers: "something named in replace_triggered_by changes",
  delete_because_no_resource_config: "its block is gone from the configuration",
  delete_because_no_module: "its module is gone from the configuration",
  delete_because_wrong_repetition: "its count or for_each came or went",
  delete_because_count_index: "its index is beyond count",
  delete_because_each_key: "its key is gone from for_each",
  delete_because_no_move_target: "it was moved to where no block is",
};

/** What ends, why, and what is lost with it. */
export function reviewDestruction(change: Change, context: PlanContext): readonly Finding[] {
  if (!isDestroyed(change) || change.isData) return [];
  const details = [...forcedBy(change).map(note), ...dataAtRisk(change), ...renaming(change, context)];
  return [finding(change, "destruction", "review", titleOf(change), details)];
}

function titleOf({ kind, createsFirst, deposed }: Change): Line {
  if (deposed) return line`: what a replacement left behind (${deposed}) is destroyed`;
  if (kind === "delete") return [" is destroyed"];
  return [createsFirst ? " is replaced, its successor made first" : " is replaced, destroyed first"];
}

/** Whether data is lost that nobody can make again. */
function dataAtRisk({ type, before, beforeSensitive }: Change): readonly Remark[] {
  const holding = holdingOf(type);
  if (!holding) return [];
  const attribute = ["bucket", "bucket_name", "name", "identifier", "id"].find(
    (name) => typeof before[name] === "string",
  );
  const isSecret = !attribute || maskAt(beforeSensitive, [attribute]) === true;
  const name = isSecret ? [] : line` (${shorten(String(before[attribute]))})`;
  if (before.skip_destroy === true)
    return [
      note(
        line`at risk: nothing: skip_destroy leaves ${isSecret ? ["it"] : line`${shorten(String(before[attribute]))}`} in AWS, without Terraform`,
      ),
    ];
  const how =
    type === "aws_s3_bucket"
      ? [
          before.force_destroy === true
            ? ": force_destroy empties it first"
            : ". S3 refuses to delete it while one is left",
        ]
      : before.deletion_protection_enabled === true || before.deletion_protection === true
        ? [". Its deletion protection would make the apply fail"]
        : [];
  return [block("destroy", line`at risk: ${[holding]}${name}${how}`)];
}

function forcedBy(change: Change): readonly Line[] {
  const reason = change.reason && REASONS[change.reason];
  if (change.replacePaths.length === 0) return reason ? [line`because ${[reason]}`] : [];
  const differences = differencesOf(change);
  return change.replacePaths.flatMap((path) => {
    const name = showPath(path);
    const causes = differences.filter((difference) => {
      const other = showPath(difference.path);
      return other === name || other.startsWith(`${name}.`) || other.startsWith(`${name}[`);
    });
    if (causes.length > 0) return causes.slice(0, 5).map((cause) => line`forced by ${showDifference(cause)}`);
    const isUnknown = maskAt(change.unknown, path) === true;
    return [line`forced by ${shorten(name)}${isUnknown ? [", known after apply"] : []}`];
  });
}

/** A resource that goes while its like comes is one whose construct was renamed. */
function renaming(change: Change, context: PlanContext): readonly Remark[] {
  const successor = context.successorOf(change);
  if (!successor) return [];
  const moved = `moved { from = ${change.address}, to = ${successor.address} }`;
  return [note(line`${successor.address} is created in its likeness. If it was renamed, this keeps it: ${moved}`)];
}
