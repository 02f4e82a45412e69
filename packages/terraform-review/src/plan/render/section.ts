import { joinLines, line } from "../../model/line";
import { CONCERNS, type Concern, type Finding, SEVERITIES, type Severity, worst } from "../finding";

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
    const told = concern === "update" || concern === "drift" ? mergeAlike(own) : own;
    const severity = worst(own.map((finding) => finding.severity));
    return [{ concern, title: `${TITLES[concern]} (${own.length})`, severity, findings: inOrder(told) }];
  });
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const weight = ({ severity }: Finding) => -SEVERITIES.indexOf(severity);
  const key = ({ construct, address }: Finding) => `${construct}\n${address}`;
  return [...findings].sort(
    (left, right) => weight(left) - weight(right) || (key(left) < key(right) ? -1 : Number(key(left) > key(right))),
  );
}

function mergeAlike(findings: readonly Finding[]): readonly Finding[] {
  const alike = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.severity, finding.title, finding.details]);
    const group = alike.get(key);
    if (group) group.push(finding);
    else alike.set(key, [finding]);
  }
  return [...alike.values()].flatMap((group) => (group.length < MIN_ALIKE ? group : [merge(group)]));
}

function merge(group: readonly Finding[]): Finding {
  const [first] = group;
  if (!first) throw new Error("a group of findings must have members, got none");
  const addresses = joinLines(group.map(({ address }) => line`${address}`));
  const details = [...first.details, line`of ${addresses}`];
  return {
    ...first,
    construct: "",
    address: "",
    title: line`${group.length} resources alike${first.title}`,
    details,
  };
}
