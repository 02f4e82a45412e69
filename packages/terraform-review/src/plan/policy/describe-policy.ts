import { type Line, line, quoteAll } from "../../model/line";
import { shorten } from "../../render/text";
import { type ElementSet, meaningOf, type PolicyStatement, uncovered } from "./policy-statement";

/** What one policy says otherwise than another, statement by statement; nothing when both say the same. */
export function describePolicyChange(
  before: readonly PolicyStatement[],
  after: readonly PolicyStatement[],
): readonly Line[] {
  const { gained, lost, changed } = policyDifference(before, after);
  return [
    ...gained.map((statement) => line`new statement: ${describeStatement(statement)}${wildcardWarning(statement)}`),
    ...changed.flatMap(describeStatementChange),
    ...lost.map((statement) => line`statement lost: ${describeStatement(statement)}`),
  ];
}

/** `Allow ReadObjects: s3:GetObject on arn:aws:s3:::photos/*`. */
export function describeStatement(statement: PolicyStatement): Line {
  const { effect, principals, actions, resources, conditions } = statement;
  const who = principals.members.length > 0 ? line` to ${describeElements(principals)}` : [];
  const what = resources.members.length > 0 ? line` on ${describeElements(resources)}` : [];
  const when = conditions.size > 0 ? line` where ${quoteAll([...conditions].map(describeCondition))}` : [];
  const name = statement.sid === undefined ? [] : line` ${shorten(statement.sid, 80)}`;
  return [effect === "Allow" ? "allow" : "deny", ...name, ": ", ...describeElements(actions), ...what, ...who, ...when];
}

function describeElements({ excludes, members }: ElementSet): Line {
  const list = quoteAll(members.map((member) => shorten(member)));
  return excludes ? ["everything but ", ...list] : list;
}

function describeCondition([condition, values]: readonly [string, readonly string[]]): string {
  return shorten(`${condition} = ${values.join(", ")}`);
}

function describeStatementChange(change: StatementChange): readonly Line[] {
  const { before, after } = change;
  const deny = after.effect === "Deny";
  const name = after.sid ?? before.sid;
  const label = line`${deny ? ["deny "] : []}${name === undefined ? ["statement"] : line`${shorten(name, 80)}`}`;
  const differences = [
    ...describeSet("action", before.actions, after.actions, true),
    ...describeSet("resource", before.resources, after.resources, false),
    ...describeSet("principal", before.principals, after.principals, false),
    ...describeConditions(before, after),
  ];
  const weaker = deny ? [" (what it denied may be allowed now)"] : [];
  return differences.map(({ words, loosensDeny }) => line`${label}: ${words}${loosensDeny ? weaker : []}`);
}

interface ElementDifference {
  readonly words: Line;
  readonly loosensDeny?: boolean;
}

function describeSet(noun: string, before: ElementSet, after: ElementSet, ignoreCase: boolean): ElementDifference[] {
  if (before.excludes !== after.excludes)
    return [{ words: line`${[noun]}s: ${describeElements(before)} → ${describeElements(after)}`, loosensDeny: true }];
  const gained = uncovered(before, after, ignoreCase);
  const lost = uncovered(after, before, ignoreCase);
  const wildcards = gained.filter(isWildcard);
  const narrowed =
    !before.excludes && gained.length === 0 && lost.length > 0 ? line`, keeps ${describeElements(after)}` : [];
  const plural = (members: readonly string[]) => [members.length > 1 ? `${noun}s` : noun];
  const quoted = (members: readonly string[]) => quoteAll(members.map((member) => shorten(member)));
  return [
    ...(gained.length > 0
      ? [{ words: line`gains ${plural(gained)} ${quoted(gained)}${wildcards.length > 0 ? [" (new wildcard)"] : []}` }]
      : []),
    ...(lost.length > 0 ? [{ words: line`loses ${plural(lost)} ${quoted(lost)}${narrowed}`, loosensDeny: true }] : []),
  ];
}

function describeConditions(before: PolicyStatement, after: PolicyStatement): ElementDifference[] {
  const keys = [...new Set([...before.conditions.keys(), ...after.conditions.keys()])];
  return keys.flatMap((key) => {
    const left = before.conditions.get(key);
    const right = after.conditions.get(key);
    if (left?.join("\n") === right?.join("\n")) return [];
    if (!right && left) return [{ words: line`condition removed: ${describeCondition([key, left])}` }];
    if (!left && right)
      return [{ words: line`condition added: ${describeCondition([key, right])}`, loosensDeny: true }];
    return [
      {
        words: line`condition ${shorten(key)}: ${shorten((left ?? []).join(", "))} → ${shorten((right ?? []).join(", "))}`,
        loosensDeny: true,
      },
    ];
  });
}

/** `*` alone, or all of a service; a resource pattern under a fixed name is everyday. */
function isWildcard(member: string): boolean {
  return /^(?:\*|[a-z0-9-]+:\*|arn:[^/]*:\*)$/i.test(member);
}

function wildcardWarning({ effect, actions, resources }: PolicyStatement): Line {
  if (effect === "Deny") return [];
  const everything = actions.excludes || actions.members.some(isWildcard);
  return everything || resources.members.includes("*") ? [" (wildcard)"] : [];
}

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
