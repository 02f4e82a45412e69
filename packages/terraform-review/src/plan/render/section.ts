import { joinLines, type Line, line } from "../../model/line";
import {
  CONCERNS,
  type Concern,
  type Counts,
  type Finding,
  note,
  type Remark,
  SEVERITIES,
  type Severity,
  worst,
} from "../finding";
import type { PlanReview } from "../review";

/** The findings of one concern, heaviest first, and those of a construct together. */
export interface Section {
  readonly concern: Concern;
  readonly title: string;
  readonly severity: Severity;
  readonly findings: readonly Finding[];
}

const TITLES: Readonly<Record<Concern, string>> = {
  plan: "The plan itself",
  destruction: "Destroyed or replaced",
  permissions: "Permissions",
  exposure: "Exposure and data protection",
  runtime: "Runtime",
  update: "Other updates",
  creation: "New",
  move: "Moved, imported, forgotten",
  output: "Outputs",
  drift: "Changed outside Terraform",
};

/** How much room a section deserves where not everything fits. */
export const WEIGHTS: Readonly<Record<Severity, number>> = { note: 1, review: 2, block: 6 };

/** As many resources with the same change are told as one. */
const MIN_ALIKE = 3;

export function sectionsOf(findings: readonly Finding[]): readonly Section[] {
  return CONCERNS.flatMap((concern) => {
    const own = findings.filter((finding) => finding.concern === concern);
    if (own.length === 0) return [];
    const severity = worst(own.map((finding) => finding.severity));
    return [
      { concern, title: `${TITLES[concern]} (${own.length})`, severity, findings: inOrder(mergeIn(concern, own)) },
    ];
  });
}

function mergeIn(concern: Concern, findings: readonly Finding[]): readonly Finding[] {
  if (concern === "creation") return mergeCreations(findings);
  return concern === "update" || concern === "drift" ? mergeAlike(findings) : findings;
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const weight = ({ severity }: Finding) => -SEVERITIES.indexOf(severity);
  const key = ({ construct, address }: Finding) => `${construct}\n${address}`;
  return [...findings].sort(
    (left, right) => weight(left) - weight(right) || (key(left) < key(right) ? -1 : Number(key(left) > key(right))),
  );
}

function groupsBy(findings: readonly Finding[], keyOf: (finding: Finding) => string): readonly (readonly Finding[])[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(keyOf(finding));
    if (group) group.push(finding);
    else groups.set(keyOf(finding), [finding]);
  }
  return [...groups.values()];
}

function mergeAlike(findings: readonly Finding[]): readonly Finding[] {
  return groupsBy(findings, ({ severity, title, details }) => JSON.stringify([severity, title, details])).flatMap(
    (group) => (group.length < MIN_ALIKE ? group : [merge(group, line`${group.length} resources alike`)]),
  );
}

/** New resources are told by type, those that need no look all in one line. */
function mergeCreations(findings: readonly Finding[]): readonly Finding[] {
  const isPlain = ({ severity, details, type }: Finding) => severity === "note" && details.length === 0 && type !== "";
  const plain = findings.filter(isPlain);
  const others = groupsBy(
    findings.filter((finding) => !isPlain(finding)),
    ({ type, severity, title, details }) => JSON.stringify([type, severity, title, details]),
  ).flatMap((group) => (group.length === 1 ? group : [merge(group, line`${group.length} ${group[0]?.type ?? ""}`)]));
  if (plain.length < MIN_ALIKE) return [...plain, ...others];
  const counts = groupsBy(plain, ({ type }) => type).map((group) => line`${group.length} ${group[0]?.type ?? ""}`);
  const [first] = plain;
  const all = joinLines(counts, ", ", Number.POSITIVE_INFINITY);
  return first ? [{ ...first, construct: "", address: "", title: all }, ...others] : others;
}

function merge(group: readonly Finding[], name: Line): Finding {
  const [first] = group;
  if (!first) throw new Error("a group of findings must have members, got none");
  const addresses = joinLines(group.map(({ address }) => line`${address}`));
  const title = line`${name}${first.title}`;
  return { ...first, construct: "", address: "", title, details: [...first.details, note(line`of ${addresses}`)] };
}

/** A detail, with what has to be allowed where it blocks. */
export function detailLine({ severity, kind, words }: Remark): Line {
  return severity === "block" && kind ? line`${words} [${[kind]}]` : words;
}

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
  const way = findings.some(({ details }) => details.some(({ severity }) => severity === "block"))
    ? " What is meant is allowed by --allow ADDRESS:KIND=REASON, with the kind in brackets."
    : "";
  return parts.length === 0 ? "Nothing needs a look." : `${parts.join(", ")}.${way}`;
}
