import { isDeepStrictEqual } from "node:util";
import { isEmpty, isObject, type Json, structureIn } from "./json";
import { type AttributePath, isMasked, type Mask, maskAt } from "./mask";

/** One attribute that has another value on either side; undefined where it is absent. */
export interface Difference {
  /** Members of a list that have a name are told by it, others by their index. */
  readonly path: AttributePath;
  /** As the provider's documents call it, without members of lists: `rule.expiration.days`. */
  readonly attribute: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly sensitive: boolean;
  /** The value after is known only after apply. */
  readonly unknown: boolean;
}

/** A value and what covers it. */
export interface Side {
  readonly value: Json | undefined;
  readonly sensitive?: Mask;
  readonly unknown?: Mask;
}

/** What tells members of a list apart, where they have it. */
const IDENTITIES = ["id", "name", "sid", "Sid", "index_name", "alias"] as const;
const MAX_DEPTH = 24;

/**
 * Every attribute that differs, as deep as it does; JSON in text counts as what it says.
 * @param isSame whether two values say the same although they are written differently
 */
export function differencesBetween(
  before: Side,
  after: Side,
  isSame: (before: Json | undefined, after: Json | undefined) => boolean = isDeepStrictEqual,
  path: AttributePath = [],
  attribute = "",
): readonly Difference[] {
  const difference = { path, attribute, before: before.value, after: after.value };
  if (after.unknown === true) {
    const sensitive = before.sensitive === true || after.sensitive === true;
    return [{ ...difference, sensitive, unknown: true }];
  }
  if (!isMasked(after.unknown) && isSame(before.value, after.value)) return [];
  const isHidden = before.sensitive === true || after.sensitive === true;
  const left = { ...before, value: structureIn(before.value) };
  const right = { ...after, value: structureIn(after.value) };
  const steps = isHidden || path.length > MAX_DEPTH ? undefined : stepsInto(left.value, right.value, after.unknown);
  if (steps)
    return steps.flatMap(({ name, from, to, isMember }) => {
      // A member that came or went with its name is told as a whole.
      if (isMember === "named" && (from === undefined || to === undefined))
        return [wholeMember(memberOf(left, from), memberOf(right, to), [...path, name], attribute)];
      const inside = isMember ? attribute : attribute === "" ? String(name) : `${attribute}.${name}`;
      const [one, other] = [memberOf(left, from), memberOf(right, to)];
      const differences = differencesBetween(one, other, isSame, [...path, name], inside);
      // A block without values is a block all the same.
      const isAlone = isMember && (from === undefined || to === undefined) && differences.length === 0;
      return isAlone ? [wholeMember(one, other, [...path, name], attribute)] : differences;
    });
  const isWritten = typeof before.value === "string" || typeof after.value === "string";
  if (!isHidden && (isWritten ? isDeepStrictEqual(left.value, right.value) : isSame(left.value, right.value)))
    return [];
  return [{ ...difference, sensitive: isMasked(before.sensitive) || isMasked(after.sensitive), unknown: false }];
}

function wholeMember(before: Side, after: Side, path: AttributePath, attribute: string): Difference {
  const sensitive = isMasked(before.sensitive) || isMasked(after.sensitive);
  return { path, attribute, before: before.value, after: after.value, sensitive, unknown: after.unknown === true };
}

/** In a plan an absent block is written as `null` or as a list of none. */
export function isSameInPlan(before: Json | undefined, after: Json | undefined): boolean {
  return (isEmpty(before) && isEmpty(after)) || isDeepStrictEqual(before, after);
}

function memberOf({ value, sensitive, unknown }: Side, step: string | number | undefined): Side {
  if (step === undefined) return { value: undefined };
  const masks = { sensitive: maskAt(sensitive, [step]), unknown: maskAt(unknown, [step]) };
  if (typeof value !== "object" || value === null) return { value: undefined, ...masks };
  const members = value as Readonly<Record<string | number, Json>>;
  return { value: Object.hasOwn(members, step) ? members[step] : undefined, ...masks };
}

interface Step {
  readonly name: string | number;
  readonly from: string | number | undefined;
  readonly to: string | number | undefined;
  /** Of a list. */
  readonly isMember?: "named" | "numbered";
}

/** The members to compare with each other, or undefined where the values are compared as a whole. */
function stepsInto(
  before: Json | undefined,
  after: Json | undefined,
  unknown: Mask | undefined,
): readonly Step[] | undefined {
  if (isListOfObjects(before, after))
    return pairMembers((before ?? []) as readonly Json[], (after ?? []) as readonly Json[]);
  if (!isStructure(before, after) || (isEmpty(before) && isEmpty(after) && !isObject(unknown))) return undefined;
  const names = new Set([before, after, unknown].flatMap((value) => (isObject(value) ? Object.keys(value) : [])));
  return [...names].map((name) => ({ name, from: name, to: name }));
}

function isStructure(before: Json | undefined, after: Json | undefined): boolean {
  return [before, after].every((value) => isObject(value) || isEmpty(value));
}

function isListOfObjects(before: Json | undefined, after: Json | undefined): boolean {
  const lists = [before, after].filter((value) => !isEmpty(value));
  return lists.length > 0 && lists.every((value) => Array.isArray(value) && value.every(isObject));
}

function pairMembers(before: readonly Json[], after: readonly Json[]): readonly Step[] {
  const identity = IDENTITIES.find((key) => [before, after].every((members) => areToldApart(members, key)));
  const labelOf = (value: Json, index: number) =>
    identity ? String((value as { [key: string]: Json })[identity]) : index;
  const left = new Map(before.map((value, index) => [labelOf(value, index), index]));
  const right = new Map(after.map((value, index) => [labelOf(value, index), index]));
  return [...new Set([...left.keys(), ...right.keys()])].map((name) => ({
    name,
    from: left.get(name),
    to: right.get(name),
    isMember: identity ? "named" : "numbered",
  }));
}

function areToldApart(members: readonly Json[], key: string): boolean {
  const names = members.map((member) => (isObject(member) ? member[key] : undefined));
  return names.every((name) => typeof name === "string") && new Set(names).size === names.length;
}
