import { isObject, type Json } from "./json";

export type AttributePath = readonly (string | number)[];

/** A mask of Terraform: `true` covers everything below, an object or list goes on with its members. */
export type Mask = Json;

/** Whether the mask covers anything, at any depth. */
export function isMasked(mask: Mask | undefined): boolean {
  if (mask === true) return true;
  if (Array.isArray(mask)) return mask.some(isMasked);
  return isObject(mask) && Object.values(mask).some(isMasked);
}

/** The mask of the value at `path`: `true` when the value or anything around it is covered. */
export function maskAt(mask: Mask | undefined, path: AttributePath): Mask {
  let current: Mask = mask ?? false;
  for (const step of path) {
    if (current === true) return true;
    // A single block is written as itself by some providers.
    if (step === 0 && isObject(current)) continue;
    if (Array.isArray(current) && typeof step === "number") current = current[step] ?? false;
    else if (isObject(current))
      current = Object.hasOwn(current, String(step)) ? (current[String(step)] ?? false) : false;
    else return false;
  }
  return current;
}
