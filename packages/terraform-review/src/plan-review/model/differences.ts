import { isDeepStrictEqual } from "node:util";
import { isObject, type Json } from "../input/json-value";
import type { AttributePath, Change, Mask } from "./change";
import { type Line, line, quoteAll } from "./line";
import { isMasked, maskAt } from "./mask";
import { isEmpty, shorten, showPath, showValue } from "./shown-value";

/** One attribute that a change gives another value. */
export interface Difference {
  readonly path: AttributePath;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly sensitive: boolean;
  readonly unknown: boolean;
}

interface Side {
  readonly value: Json | undefined;
  readonly sensitive: Mask;
}

/** What tells members of a list apart, where they have it. */
const IDENTITIES = ["id", "name", "sid", "Sid", "index_name"] as const;
const MAX_DEPTH = 24;

/** Every attribute that differs, as deep as it does; JSON in text counts as what it says. */
export function differencesOf(change: Change): readonly Difference[] {
  const found: Difference[] = [];
  compare(
    [],
    { value: change.before, sensitive: change.beforeSensitive },
    { value: change.after, sensitive: change.afterSensitive },
    change.unknown,
    found,
  );
  return found;
}

function compare(path: AttributePath, before: Side, after: Side, unknown: Mask, found: Difference[]): void {
  const values = { path, before: before.value, after: after.value };
  if (unknown === true) {
    found.push({ ...values, sensitive: before.sensitive === true || after.sensitive === true, unknown: true });
    return;
  }
  if (!isMasked(unknown) && isSame(before.value, after.value)) return;
  if (before.sensitive === true || after.sensitive === true || path.length > MAX_DEPTH) {
    found.push({ ...values, sensitive: isMasked(before.sensitive) || isMasked(after.sensitive), unknown: false });
    return;
  }
  const left = { ...before, value: structureIn(before.value) };
  const right = { ...after, value: structureIn(after.value) };
  const steps = stepsInto(left.value, right.value, unknown);
  if (!steps) {
    found.push({ ...values, sensitive: isMasked(before.sensitive) || isMasked(after.sensitive), unknown: false });
    return;
  }
  for (const { name, from, to } of steps)
    compare(
      [...path, name],
      member(left, from),
      member(right, to),
      maskAt(unknown, to === undefined ? [] : [to]),
      found,
    );
}

function isSame(before: Json | undefined, after: Json | undefined): boolean {
  return (isEmpty(before) && isEmpty(after)) || isDeepStrictEqual(before, after);
}

function member({ value, sensitive }: Side, step: string | number | undefined): Side {
  if (step === undefined || typeof value !== "object" || value === null) return { value: undefined, sensitive: false };
  const members = value as Readonly<Record<string | number, Json>>;
  return {
    value: Object.hasOwn(members, step) ? members[step] : undefined,
    sensitive: maskAt(sensitive, [step]),
  };
}

/** Objects and lists, also those that are written as text. */
function structureIn(value: Json | undefined): Json | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

interface Step {
  readonly name: string | number;
  readonly from: string | number | undefined;
  readonly to: string | number | undefined;
}

/** The members to compare with each other, or undefined where the values are compared as a whole. */
function stepsInto(before: Json | undefined, after: Json | undefined, unknown: Mask): readonly Step[] | undefined {
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
  }));
}

function areToldApart(members: readonly Json[], key: string): boolean {
  const names = members.map((member) => (isObject(member) ? member[key] : undefined));
  return names.every((name) => typeof name === "string") && new Set(names).size === names.length;
}

/** `memory_size: 1024 → 2048`; of a list what it gains and loses. */
export function showDifference(difference: Difference): Line {
  const { path, before, after, sensitive, unknown } = difference;
  const name = shorten(showPath(path));
  if (!sensitive && !unknown && Array.isArray(before) && Array.isArray(after)) return showMembers(name, before, after);
  const from = showValue(before, { sensitive: sensitive && !isEmpty(before) });
  return line`${name}: ${from} → ${showValue(after, { sensitive: sensitive && !isEmpty(after), unknown })}`;
}

function showMembers(name: string, before: readonly Json[], after: readonly Json[]): Line {
  const left = new Set(before.map((value) => JSON.stringify(value)));
  const right = new Set(after.map((value) => JSON.stringify(value)));
  const gained = [...right].filter((value) => !left.has(value)).map((value) => shorten(value));
  const lost = [...left].filter((value) => !right.has(value)).map((value) => shorten(value));
  if (gained.length === 0 && lost.length === 0) return line`${name}: the same members in another order`;
  const parts = [
    ...(gained.length > 0 ? [line`gains ${quoteAll(gained)}`] : []),
    ...(lost.length > 0 ? [line`loses ${quoteAll(lost)}`] : []),
  ];
  return line`${name} ${parts.flatMap((part, index) => (index === 0 ? [...part] : [", ", ...part]))}`;
}
