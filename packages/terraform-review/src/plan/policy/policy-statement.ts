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
