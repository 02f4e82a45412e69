import { line } from "../../model/line";
import { maskAt } from "../../model/mask";
import { shorten } from "../../render/text";
import type { Change } from "../change";
import { type Finding, finding, note, review } from "../finding";
import type { PlanContext } from "../plan-context";
import { rulesOf } from "../rules/rules";

/** What is new, and what changes hands or names without changing itself. */
export function reviewArrivals(change: Change, context: PlanContext): readonly Finding[] {
  return [
    ...reviewCreation(change, context),
    ...reviewMove(change),
    ...reviewImport(change),
    ...reviewForgetting(change),
    ...reviewPrograms(change, context),
  ];
}

function reviewCreation(change: Change, context: PlanContext): readonly Finding[] {
  if (change.kind === "read")
    return [finding(change, "creation", "note", [" is read during the apply: what it says is known then"])];
  if (change.kind !== "create" || change.isData) return [];
  const rules = rulesOf(change.type);
  if (!rules) return [finding(change, "creation", "review", [" is created, of a type without rules"])];
  if (!rules.created) return [finding(change, "creation", "note", [" is created"])];
  const isFresh = context.hasNewSubject(change);
  return [
    finding(
      change,
      "creation",
      isFresh ? "note" : "review",
      [" is created"],
      [isFresh ? note([rules.created]) : review([rules.created])],
    ),
  ];
}

function reviewMove(change: Change): readonly Finding[] {
  if (change.movedFrom === undefined) return [];
  return [finding(change, "move", "note", line` is what ${shorten(change.movedFrom)} was`)];
}

function reviewImport(change: Change): readonly Finding[] {
  if (change.importedId === undefined) return [];
  const isSecret = maskAt(change.beforeSensitive, ["id"]) === true || maskAt(change.afterSensitive, ["id"]) === true;
  const id = change.importedId === "" ? ["of an id known after apply"] : line`${shorten(change.importedId)}`;
  return [finding(change, "move", "note", line` is imported: ${isSecret ? ["(sensitive)"] : id}`)];
}

function reviewForgetting(change: Change): readonly Finding[] {
  if (change.kind !== "forget") return [];
  const isReplaced = change.actions.includes("create");
  return [
    finding(change, "move", "review", [
      isReplaced
        ? " is created anew: the one that exists stays in AWS, out of Terraform's sight"
        : " leaves Terraform's sight and stays in AWS",
    ]),
  ];
}

/** A provisioner runs when its resource is made, or when it goes. */
function reviewPrograms(change: Change, { plan }: PlanContext): readonly Finding[] {
  if (!["create", "replace", "delete"].includes(change.kind)) return [];
  const provisioners = new Set(plan.configuration.provisionersOf(change.address));
  return [...provisioners].map((type) =>
    finding(
      change,
      "plan",
      "review",
      line` runs its provisioner ${type}: commands on the machine that applies, or by way of it`,
    ),
  );
}
