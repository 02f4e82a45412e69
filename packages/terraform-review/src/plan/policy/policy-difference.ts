import { meaningOf, type PolicyStatement } from "./policy-statement";

export interface StatementChange {
  readonly before: PolicyStatement;
  readonly after: PolicyStatement;
}

export interface PolicyDifference {
  readonly gained: readonly PolicyStatement[];
  readonly lost: readonly PolicyStatement[];
  readonly changed: readonly StatementChange[];
}

/** Where one policy says other things than another. Order, names and ways of writing make no difference. */
export function policyDifference(
  before: readonly PolicyStatement[],
  after: readonly PolicyStatement[],
): PolicyDifference {
  if (haveSameMeaning(before, after)) return { gained: [], lost: [], changed: [] };
  const lost = without(before, after);
  const gained = without(after, before);
  const changed: StatementChange[] = [];
  for (const pairs of [haveSameName, concernTheSame]) {
    for (const earlier of [...lost]) {
      const later = gained.find((statement) => pairs(earlier, statement));
      if (!later) continue;
      changed.push({ before: earlier, after: later });
      lost.splice(lost.indexOf(earlier), 1);
      gained.splice(gained.indexOf(later), 1);
    }
  }
  return { gained, lost, changed };
}

/** Also where one policy says in two statements what the other one says in one. */
function haveSameMeaning(before: readonly PolicyStatement[], after: readonly PolicyStatement[]): boolean {
  const [left, right] = [before, after].map((statements) => new Set(joinActions(statements).map(meaningOf)));
  return left?.size === right?.size && [...(left ?? [])].every((meaning) => right?.has(meaning));
}

/** Statements that differ in nothing but their actions, as one. */
function joinActions(statements: readonly PolicyStatement[]): readonly PolicyStatement[] {
  const joined = new Map<string, PolicyStatement>();
  for (const statement of statements) {
    const { members, excludes } = statement.actions;
    const key = meaningOf({ ...statement, actions: { excludes, members: excludes ? members : [] } });
    const all = [...members, ...(joined.get(key)?.actions.members ?? [])].map((action) => action.toLowerCase());
    joined.set(key, { ...statement, actions: { excludes, members: [...new Set(all)].sort() } });
  }
  return [...joined.values()];
}

function without(statements: readonly PolicyStatement[], others: readonly PolicyStatement[]): PolicyStatement[] {
  const meanings = new Set(others.map(meaningOf));
  return statements.filter((statement) => !meanings.has(meaningOf(statement)));
}

function haveSameName(one: PolicyStatement, other: PolicyStatement): boolean {
  return one.sid !== undefined && one.sid === other.sid && one.effect === other.effect;
}

/** The same principals are dealt with, about the same resources or by the same actions. */
function concernTheSame(one: PolicyStatement, other: PolicyStatement): boolean {
  if (one.effect !== other.effect || (one.sid && other.sid)) return false;
  const share = (left: readonly string[], right: readonly string[]) => left.some((member) => right.includes(member));
  return (
    JSON.stringify(one.principals) === JSON.stringify(other.principals) &&
    (share(one.resources.members, other.resources.members) || share(one.actions.members, other.actions.members))
  );
}
