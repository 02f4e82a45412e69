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
): "kept" | "narrowed" | "lost" {
  const earlier = before.filter(refusesClearText);
  const later = after.filter(refusesClearText);
  if (earlier.length === 0) return "kept";
  if (later.length === 0) return "lost";
  const holds = (rule: PolicyStatement) =>
    later.some((statement) => coversElements(statement, rule) && statement.conditions.size <= rule.conditions.size);
  return earlier.every(holds) ? "kept" : "narrowed";
}
