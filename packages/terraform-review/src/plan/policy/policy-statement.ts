import { isObject, type Json, listIn } from "../../model/json";

/** A statement of a policy, with everything that may be written in two ways written in one. */
export interface PolicyStatement {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  /** Empty in the policy of a role or user, whose principal it is. `*` is everybody. */
  readonly principals: ElementSet;
  readonly actions: ElementSet;
  readonly resources: ElementSet;
  /** Values by `operator key`, such as `StringEquals aws:SourceAccount`. */
  readonly conditions: ReadonlyMap<string, readonly string[]>;
}

export interface ElementSet {
  /** `NotAction` and the like: everything but these. */
  readonly excludes: boolean;
  readonly members: readonly string[];
}

/** The statements of a policy document, or undefined for anything else. */
export function policyStatements(document: Json | undefined): readonly PolicyStatement[] | undefined {
  const parsed = typeof document === "string" ? parse(document) : document;
  if (!isObject(parsed) || parsed.Statement === undefined) return undefined;
  return asList(parsed.Statement).filter(isObject).map(toStatement);
}

function parse(text: string): unknown {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toStatement(written: { readonly [key: string]: Json }): PolicyStatement {
  const sid = written.Sid;
  return {
    sid: typeof sid === "string" && sid !== "" ? sid : undefined,
    effect: String(written.Effect).toLowerCase() === "deny" ? "Deny" : "Allow",
    principals: elementSet(written.Principal, written.NotPrincipal, principalTexts),
    actions: elementSet(written.Action, written.NotAction, texts),
    resources: elementSet(written.Resource, written.NotResource, texts),
    conditions: conditionsIn(written.Condition),
  };
}

function elementSet(
  included: Json | undefined,
  excluded: Json | undefined,
  read: (value: Json) => string[],
): ElementSet {
  const excludes = included === undefined && excluded !== undefined;
  return { excludes, members: [...new Set(read((excludes ? excluded : included) ?? []))].sort() };
}

function texts(value: Json): string[] {
  return asList(value).map(String);
}

/** `*` and `{"AWS": "*"}` mean the same, as do an account's number and the ARN of its root. */
function principalTexts(value: Json): string[] {
  if (!isObject(value)) return texts(value);
  return Object.entries(value).flatMap(([kind, principals]) =>
    texts(principals).map((principal) => {
      if (principal === "*") return "*";
      if (kind !== "AWS") return `${kind} ${principal}`;
      return /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal;
    }),
  );
}

function conditionsIn(value: Json | undefined): ReadonlyMap<string, readonly string[]> {
  const entries = Object.entries(isObject(value) ? value : {}).flatMap(([operator, keys]) =>
    Object.entries(isObject(keys) ? keys : {}).map(
      ([key, values]) => [`${operator} ${key}`, texts(values).sort()] as const,
    ),
  );
  return new Map(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function asList(value: Json): readonly Json[] {
  return Array.isArray(value) ? listIn(value) : [value];
}

/** Equal for statements that say the same, whatever their names. */
export function meaningOf({ effect, principals, actions, resources, conditions }: PolicyStatement): string {
  return JSON.stringify([
    effect,
    principals,
    { ...actions, members: actions.members.map((action) => action.toLowerCase()).sort() },
    resources,
    [...conditions].map(([key, values]) => [key.toLowerCase(), values]),
  ]);
}

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
