import { joinLines, type Line, line } from "../../model/line";
import { showDifference } from "../../render/show-difference";
import { type ChangedCode, endangersData, type SynthDiff } from "../compare-outputs";
import type { Element } from "../element";
import type { Change } from "../stack-comparison";

export const REMEDY_IN_TERRAFORM = "What would keep the renamed resources, in Terraform:";
export const REMEDY_IN_CDKTF = "The same in CDKTF, on the resource of each construct:";

/** What tells Terraform that a renamed resource is still the same, in both languages. */
export interface Remedy {
  /** Construct path of the resource. */
  readonly path: string;
  /** A block in Terraform's own language. */
  readonly movedBlock: string;
  /** The call on the resource, in its construct. */
  readonly call: string;
}

export function remedyFor({ kind, element, previous }: Change): Remedy | undefined {
  if (kind !== "replacement" || !previous) return undefined;
  return {
    path: element.path,
    movedBlock: `moved {\n  from = ${previous.address}\n  to   = ${element.address}\n}`,
    call: `resource.moveFromId(${JSON.stringify(previous.address)})`,
  };
}

/** One element, in words. */
export interface Entry {
  /** Construct that the element belongs to; empty where there is none. */
  readonly construct: string;
  readonly isDanger: boolean;
  readonly title: Line;
  readonly details: readonly Line[];
}

export interface Section {
  readonly title: string;
  /** In the headline, after the number of entries. */
  readonly label: string;
  readonly entries: readonly Entry[];
}

export interface Report {
  readonly headline: Line;
  readonly isDanger: boolean;
  readonly sections: readonly Section[];
  /** What would keep renamed resources, in the order of their section. */
  readonly remedies: readonly Remedy[];
  /** Last words. */
  readonly remarks: readonly Line[];
}

const MAX_FILES = 20;

export function reportOf(diff: SynthDiff): Report {
  const { changes } = diff;
  const typed = changes.filter(isTyped);
  const moved = new Set(typed.map(({ previous }) => previous?.address));
  const others = changes.filter((change) => !isTyped(change) && !isToldElsewhere(change, moved));
  const ofKind = (kind: Change["kind"]) => typed.filter((change) => change.kind === kind);
  const replaced = dangersFirst(ofKind("replacement"));
  const sections = [
    { title: "Hidden replacements", label: "replaced", entries: replaced.map(entryOf) },
    { title: "Removed", label: "removed", entries: dangersFirst(ofKind("removal")).map(entryOf) },
    { title: "Code", label: "with other code", entries: diff.code.map(codeEntry) },
    { title: "Changed", label: "changed", entries: byConstruct(ofKind("update")).map(entryOf) },
    { title: "Added", label: "added", entries: byConstruct(ofKind("addition")).map(entryOf) },
    { title: "Moved", label: "moved", entries: byConstruct(ofKind("move")).map(entryOf) },
    { title: "Outputs, providers, backend and the rest", label: "others", entries: others.map(entryOf) },
  ].filter(({ entries }) => entries.length > 0);
  return {
    headline: headlineOf(diff, sections),
    isDanger: endangersData(diff),
    sections,
    remedies: replaced.flatMap((change) => remedyFor(change) ?? []),
    remarks: remarksOf(diff),
  };
}

function remarksOf({ followers, rewritten }: SynthDiff): readonly Line[] {
  return [
    ...(followers.length > 0
      ? [line`${followers.length} more only name renamed resources by their new addresses.`]
      : []),
    ...(rewritten.length > 0 ? [line`${rewritten.length} more hold the same JSON, written in another way.`] : []),
  ];
}

function headlineOf(diff: SynthDiff, sections: readonly Section[]): Line {
  const verdict = sections.length === 0 ? "NO DIFFERENCE" : endangersData(diff) ? "DATA AT RISK" : "DIFFERENCES";
  const counts = sections.map(({ label, entries }): Line => [`${entries.length} ${label}`]);
  const between = line`${diff.base} → ${diff.head}`;
  return counts.length === 0
    ? line`${[verdict]}, ${between}`
    : line`${[verdict]}, ${between}: ${joinLines(counts, ", ", Number.POSITIVE_INFINITY)}`;
}

function isTyped({ element }: Change): boolean {
  return element.section === "resource" || element.section === "data";
}

/** A new `moved` block shows in what it moves. */
function isToldElsewhere({ kind, element }: Change, moved: ReadonlySet<string | undefined>): boolean {
  return kind === "addition" && element.section === "moved" && moved.has(String(element.values.from));
}

function dangersFirst(changes: readonly Change[]): readonly Change[] {
  return [...changes].sort(
    (one, other) => Number(other.endangers) - Number(one.endangers) || compareConstructs(one, other),
  );
}

function byConstruct(changes: readonly Change[]): readonly Change[] {
  return [...changes].sort(compareConstructs);
}

function compareConstructs(one: Change, other: Change): number {
  const [construct, otherConstruct] = [constructOf(one.element), constructOf(other.element)];
  return construct < otherConstruct ? -1 : construct > otherConstruct ? 1 : 0;
}

/** The construct around a resource: `source-bucket` of `source-bucket/bucket`. */
export function constructOf({ path }: Element): string {
  const end = path.lastIndexOf("/");
  return end === -1 ? path : path.slice(0, end);
}

function entryOf(change: Change): Entry {
  const { element, endangers, differences } = change;
  return {
    construct: constructOf(element),
    isDanger: endangers,
    title: titleOf(change),
    details: [...hazardsOf(change), ...differences.map(showDifference)],
  };
}

function titleOf({ kind, element, previous }: Change): Line {
  const isOther = element.section !== "resource" && element.section !== "data";
  if (previous) return line`${element.address} was ${previous.address}`;
  if (!isOther || kind === "update") return line`${element.address}`;
  return kind === "addition" ? line`${element.address} is new` : line`${element.address} is gone`;
}

function hazardsOf({ kind, element, previous, holding, replacedFor }: Change): Line[] {
  if (element.address === "terraform.backend" || element.address === "terraform.cloud")
    return [["the state lies elsewhere from now on: migrate it, or Terraform begins with an empty one"]];
  if (kind === "removal" && !holding)
    return element.values.skip_destroy === true ? [["stays in AWS: skip_destroy"]] : [];
  if (kind !== "removal" && kind !== "replacement") return [];
  const lost: Line[] = holding ? [[`at risk: ${holding}`]] : [];
  const cause =
    previous && element.path !== previous.path ? [line`construct ${previous.path} is now ${element.path}`] : [];
  const name = replacedFor
    ? [line`Terraform cannot change ${replacedFor} in place, and a moved block does not help`]
    : [];
  const guarded = isGuarded(previous ?? element) && kind === "removal" ? [["its prevent_destroy goes with it"]] : [];
  return [...lost, ...cause, ...name, ...guarded];
}

function isGuarded({ values }: Element): boolean {
  const text = JSON.stringify(values.lifecycle ?? null);
  return text.includes('"prevent_destroy":true');
}

function codeEntry({ element, asset, before, after, files }: ChangedCode): Entry {
  const shown = files.slice(0, MAX_FILES).map(({ path, bytesBefore, bytesAfter }) => {
    if (bytesBefore === undefined) return line`${path} is new: ${bytesAfter ?? 0} bytes`;
    if (bytesAfter === undefined) return line`${path} is gone`;
    return line`${path}: ${bytesBefore} → ${bytesAfter} bytes`;
  });
  const more = files.length > MAX_FILES ? [line`and ${files.length - MAX_FILES} more files`] : [];
  return {
    construct: constructOf(element),
    isDanger: false,
    title: line`${element.address} packs other code`,
    details: [line`${asset}: ${hashIn(before)} → ${hashIn(after)}`, ...shown, ...more],
  };
}

/** The folder that is named by what is in it: `assets/{name}/{hash}`. */
function hashIn(path: string): string {
  return path.split("/")[2] ?? path;
}
