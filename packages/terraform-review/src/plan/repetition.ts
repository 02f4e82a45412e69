import type { Line } from "../model/line";
import type { Finding } from "./finding";

/** Leaves out of the plain updates what another concern has said already, with its meaning. */
export function withoutRepetition(findings: readonly Finding[]): readonly Finding[] {
  const said = new Map(
    findings.filter(({ concern }) => concern === "exposure").map(({ address, details }) => [address, details.map(key)]),
  );
  return findings.flatMap((finding) => {
    const known = finding.concern === "update" ? said.get(finding.address) : undefined;
    if (!known) return [finding];
    const details = finding.details.filter((detail) => !known.some((text) => text.includes(key(detail))));
    return details.length === 0 ? [] : [{ ...finding, details }];
  });
}

/** Without the brackets, so that a line can be found inside another one. */
function key(line: Line): string {
  return line.map((span) => (typeof span === "string" ? span : JSON.stringify(span))).join("");
}
