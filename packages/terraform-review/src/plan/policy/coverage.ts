import type { ElementSet, PolicyStatement } from "./policy-statement";

/** Whether `text` matches `pattern` with its `*` and `?`. Text with wildcards of its own is matched as it is written. */
export function matches(pattern: string, text: string): boolean {
  let at = 0;
  let from = 0;
  let star = -1;
  let starFrom = 0;
  while (from < text.length) {
    if (pattern[at] === "*") {
      star = at;
      starFrom = from;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[from])) {
      at += 1;
      from += 1;
    } else if (star >= 0) {
      starFrom += 1;
      from = starFrom;
      at = star + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** Members of `other` that `set` does not reach. A set that excludes members covers no other but itself. */
export function uncovered(set: ElementSet, other: ElementSet, ignoreCase = false): readonly string[] {
  const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  if (set.excludes !== other.excludes) return other.members;
  if (set.excludes) return other.members.filter((member) => !set.members.includes(member));
  return other.members.filter((member) => !set.members.some((pattern) => matches(fold(pattern), fold(member))));
}

/** Whether `statement` says at least all of `other`, conditions aside. */
export function coversElements(statement: PolicyStatement, other: PolicyStatement): boolean {
  const pairs = [
    [statement.principals, other.principals, false],
    [statement.actions, other.actions, true],
    [statement.resources, other.resources, false],
  ] as const;
  return pairs.every(([set, covered, ignoreCase]) => {
    if (set.excludes || covered.excludes) return JSON.stringify(set) === JSON.stringify(covered);
    return uncovered(set, covered, ignoreCase).length === 0;
  });
}
