import { coversElements } from "./coverage";
import type { PolicyStatement } from "./policy-statement";

/** Whether the statement refuses requests that do not come over TLS. */
function refusesClearText({ effect, conditions }: PolicyStatement): boolean {
  if (effect !== "Deny") return false;
  return [...conditions].some(
    ([condition, values]) => /^bool(?:ifexists)? aws:securetransport$/i.test(condition) && values.includes("false"),
  );
}

/** What becomes of the rule that all requests come over TLS. */
export function transportRule(
  before: readonly PolicyStatement[],
  after: readonly PolicyStatement[],
): "kept" | "conditioned" | "narrowed" | "lost" {
  const earlier = before.filter(refusesClearText);
  const later = after.filter(refusesClearText);
  if (earlier.length === 0) return "kept";
  if (later.length === 0) return "lost";
  const heirsOf = (rule: PolicyStatement) => later.filter((statement) => coversElements(statement, rule));
  if (!earlier.every((rule) => heirsOf(rule).length > 0)) return "narrowed";
  const holds = (rule: PolicyStatement) =>
    heirsOf(rule).some((statement) => statement.conditions.size <= rule.conditions.size);
  return earlier.every(holds) ? "kept" : "conditioned";
}
