import { isDeepStrictEqual } from "node:util";
import { isObject, type Json, structureIn } from "./json-value";

export type AttributePath = readonly (string | number)[];

/** One attribute that has another value on either side; undefined where it is absent. */
export interface Difference {
  readonly path: AttributePath;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** What tells members of a list apart, where they have it. */
const IDENTITIES = ["id", "name", "Sid", "sid", "alias"] as const;
const MAX_DEPTH = 24;

/** Every attribute that differs, as deep as it does; JSON in text counts as what it says. */
export function differencesBetween(
  before: Json | undefined,
  after: Json | undefined,
  path: AttributePath = [],
): readonly Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [left, right] = [structureIn(before), structureIn(after)];
  const steps = path.length > MAX_DEPTH ? undefined : stepsInto(left, right);
  if (!steps) return isDeepStrictEqual(left, right) ? [] : [{ path, before, after }];
  return steps.flatMap(({ name, from, to }) => differencesBetween(from, to, [...path, name]));
}

interface Step {
  readonly name: string | number;
  readonly from: Json | undefined;
  readonly to: Json | undefined;
}

/** The members to compare with each other, or undefined where the values are compared as a whole. */
function stepsInto(before: Json | undefined, after: Json | undefined): readonly Step[] | undefined {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    const member = (side: typeof before, name: string) => (Object.hasOwn(side, name) ? side[name] : undefined);
    return [...names].map((name) => ({ name, from: member(before, name), to: member(after, name) }));
  }
  return isListOfObjects(before) && isListOfObjects(after) ? pairMembers(before, after) : undefined;
}

function isListOfObjects(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}

function pairMembers(before: readonly Json[], after: readonly Json[]): readonly Step[] {
  const identity = IDENTITIES.find((key) => [before, after].every((members) => areToldApart(members, key)));
  const labelOf = (value: Json, index: number) => (identity && isObject(value) ? String(value[identity]) : index);
  const left = new Map(before.map((value, index) => [labelOf(value, index), value]));
  const right = new Map(after.map((value, index) => [labelOf(value, index), value]));
  const labels = new Set([...left.keys(), ...right.keys()]);
  return [...labels].map((name) => ({ name, from: left.get(name), to: right.get(name) }));
}

function areToldApart(members: readonly Json[], key: string): boolean {
  const names = members.map((member) => (isObject(member) ? member[key] : undefined));
  return names.every((name) => typeof name === "string") && new Set(names).size === names.length;
}
