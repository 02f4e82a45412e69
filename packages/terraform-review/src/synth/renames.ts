import { isObject, type Json, structureIn } from "../model/json";
import { type Element, renameReferences } from "./element";

/** What was declared under one address and is declared under another. */
export interface Rename {
  readonly from: Element;
  readonly to: Element;
}

interface Candidate extends Rename {
  readonly likeness: number;
  readonly pathLikeness: number;
}

/** Below this, two descriptions have in common what all of their type have. */
const MIN_LIKENESS = 0.75;

/**
 * Finds pairs of removed and added elements of one stack that are the same thing. What a pair teaches about addresses
 * tells the next ones apart: the policies of two buckets differ in nothing but the bucket.
 * @param moves addresses that a `moved` block maps
 */
export function findRenames(
  removed: readonly Element[],
  added: readonly Element[],
  moves: ReadonlyMap<string, string>,
): readonly Rename[] {
  const renames: Rename[] = declaredMoves(removed, added, moves);
  for (;;) {
    const candidates = candidatesAmong(removed, added, renames);
    const certain = onlyBest(candidates);
    const found = certain.length > 0 ? certain : candidates.slice(0, 1);
    if (found.length === 0) return renames;
    renames.push(...found.map(({ from, to }) => ({ from, to })));
  }
}

function declaredMoves(removed: readonly Element[], added: readonly Element[], moves: ReadonlyMap<string, string>) {
  const byAddress = new Map(added.map((element) => [element.address, element]));
  return removed.flatMap((from): Rename[] => {
    const to = byAddress.get(moves.get(from.address) ?? "");
    return to ? [{ from, to }] : [];
  });
}

/** The likeliest first. */
function candidatesAmong(
  removed: readonly Element[],
  added: readonly Element[],
  renames: readonly Rename[],
): readonly Candidate[] {
  const renamed = new Map(renames.map(({ from, to }) => [from.address, to.address]));
  const arrived = new Set(renamed.values());
  const gone = new Set(removed.map(({ address }) => address));
  const come = new Set(added.map(({ address }) => address));
  const isFree = (element: Element) => !renamed.has(element.address) && !arrived.has(element.address);
  const before = outlinesByType(removed.filter(isFree), (address) =>
    gone.has(address) ? (renamed.get(address) ?? null) : undefined,
  );
  const after = outlinesByType(added.filter(isFree), (address) =>
    come.has(address) && !arrived.has(address) ? null : undefined,
  );
  return [...before]
    .flatMap(([type, outlines]) => outlines.flatMap((from) => candidatesFor(from, after.get(type) ?? [])))
    .sort((one, other) => other.likeness - one.likeness || other.pathLikeness - one.pathLikeness);
}

function outlinesByType(elements: readonly Element[], rename: Parameters<typeof outlineOf>[1]) {
  const byType = new Map<string, Outline[]>();
  for (const element of elements) {
    const key = `${element.section}.${element.type}`;
    const ofType = byType.get(key);
    if (ofType) ofType.push(outlineOf(element, rename));
    else byType.set(key, [outlineOf(element, rename)]);
  }
  return byType;
}

function candidatesFor(from: Outline, others: readonly Outline[]): readonly Candidate[] {
  return others.flatMap((to): Candidate[] => {
    const found = likeness(from, to);
    if (found < MIN_LIKENESS) return [];
    const alike = pathLikeness(from.element.path, to.element.path);
    return [{ from: from.element, to: to.element, likeness: found, pathLikeness: alike }];
  });
}

/** Those of which neither side has another partner that is as good. */
function onlyBest(candidates: readonly Candidate[]): readonly Candidate[] {
  const best = new Map<Element, { readonly candidate: Candidate; isTied: boolean }>();
  for (const candidate of candidates)
    for (const element of [candidate.from, candidate.to]) {
      const known = best.get(element);
      if (!known) best.set(element, { candidate, isTied: false });
      else if (areAsGood(known.candidate, candidate)) known.isTied = true;
    }
  const isOnlyBest = (candidate: Candidate, element: Element) =>
    best.get(element)?.candidate === candidate && !best.get(element)?.isTied;
  return candidates.filter((candidate) => isOnlyBest(candidate, candidate.from) && isOnlyBest(candidate, candidate.to));
}

function areAsGood(one: Candidate, other: Candidate): boolean {
  return one.likeness === other.likeness && one.pathLikeness === other.pathLikeness;
}

/** What stands for an address that nobody knows the counterpart of yet. */
const SOME = "*";
/** Attributes that name a thing in AWS, or the thing that it belongs to; the first that is there counts. */
const NAMES = [
  ...["function_name", "bucket", "queue_url", "topic_arn", "alarm_name", "dashboard_name"],
  ...["identifier", "cluster_identifier", "role", "name"],
];
/** A reference alone names the thing that something belongs to, and there may be several of those. */
const REFERENCE_ALONE = /^\$\{[^}]*\}$/;
const LIKENESS_OF_SAME_NAME = 0.9;

/** An element as its single values, so that it can be held against others. */
export interface Outline {
  readonly element: Element;
  readonly leaves: ReadonlyMap<string, string>;
}

/** @param rename gives the address under which a reference counts, or null for one that has no counterpart yet */
export function outlineOf(element: Element, rename: (address: string) => string | null | undefined): Outline {
  const leaves = new Map<string, string>();
  const visit = (path: string, value: Json): void => {
    const structure = structureIn(value) ?? null;
    if (Array.isArray(structure)) for (const [index, member] of structure.entries()) visit(`${path}/${index}`, member);
    else if (isObject(structure))
      for (const [key, member] of Object.entries(structure)) visit(`${path}/${key}`, member);
    else
      leaves.set(path, typeof structure === "string" ? renameReferences(structure, known) : JSON.stringify(structure));
  };
  const known = (address: string) => {
    const name = rename(address);
    return name === null ? `${address.slice(0, address.lastIndexOf("."))}.${SOME}` : name;
  };
  visit("", element.values);
  return { element, leaves };
}

/** From 0, nothing in common, to 1, the same. One name in AWS makes two descriptions all but the same thing. */
export function likeness(one: Outline, other: Outline): number {
  const together = one.leaves.size + other.leaves.size;
  if (together === 0) return 1;
  let equal = 0;
  for (const [path, text] of one.leaves) if (other.leaves.get(path) === text) equal++;
  const share = (2 * equal) / together;
  return haveOneName(one, other) ? Math.max(share, LIKENESS_OF_SAME_NAME) : share;
}

function haveOneName(one: Outline, other: Outline): boolean {
  const attribute = NAMES.find((name) => one.leaves.has(`/${name}`));
  const name = one.leaves.get(`/${attribute}`);
  if (name === undefined || REFERENCE_ALONE.test(name) || name.includes(`.${SOME}`)) return false;
  return name === other.leaves.get(`/${attribute}`);
}

/** How much of two construct paths is the same, from 0 to 1. */
export function pathLikeness(one: string, other: string): number {
  const [ids, otherIds] = [one.split("/"), other.split("/")];
  const common = ids.filter((id) => otherIds.includes(id)).length;
  return common / Math.max(ids.length, otherIds.length);
}
