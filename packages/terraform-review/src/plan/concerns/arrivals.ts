import { line } from "../../model/line";
import { maskAt } from "../../model/mask";
import { shorten } from "../../render/text";
import type { Change } from "../change";
import type { Finding } from "../finding";
import { finding } from "./concern";
import { isKnownType } from "./updates";

/** What is new, and what changes hands or names without changing itself. */
export function reviewArrivals(change: Change): readonly Finding[] {
  return [...reviewCreation(change), ...reviewMove(change), ...reviewImport(change), ...reviewForgetting(change)];
}

function reviewCreation(change: Change): readonly Finding[] {
  if (change.kind === "read")
    return [finding(change, "creation", "note", [" is read during the apply: what it says is known then"])];
  if (change.kind !== "create") return [];
  return [finding(change, "creation", isKnownType(change) ? "note" : "review", [" is created"])];
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
