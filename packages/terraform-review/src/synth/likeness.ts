import { isObject, type Json, structureIn } from "../model/json";
import type { Element } from "./element";
import { renameReferences } from "./references";

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
