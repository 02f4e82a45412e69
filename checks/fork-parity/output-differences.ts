export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One place where two synthesized stacks differ; a side that has nothing there is undefined. */
export interface Difference {
  /** Keys and indexes from the root, joined by dots. */
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** What a move to other versions of CDKTF and of the providers may change, and nothing else. */
const VERSION_PATHS = [
  /^\/\/\.metadata\.version$/,
  /^terraform\.required_providers\.[a-z0-9]+\.(?:source|version)$/,
] as const;

/** Whether this place only says which versions made or run the stack. */
export const saysVersion = ({ path }: Difference): boolean => VERSION_PATHS.some((pattern) => pattern.test(path));

/** Every differing leaf, in the order of the first document. The order of keys does not count, that of lists does. */
export function outputDifferences(before: Json | undefined, after: Json | undefined, path = ""): Difference[] {
  const [left, right] = [membersOf(before), membersOf(after)];
  if (!left || !right || Array.isArray(before) !== Array.isArray(after))
    return before === after ? [] : [{ path, before, after }];
  const keys = new Set([...left.keys(), ...right.keys()]);
  return [...keys].flatMap((key) =>
    outputDifferences(left.get(key), right.get(key), path === "" ? key : `${path}.${key}`),
  );
}

function membersOf(json: Json | undefined): ReadonlyMap<string, Json> | undefined {
  return json !== null && typeof json === "object" ? new Map(Object.entries(json)) : undefined;
}
