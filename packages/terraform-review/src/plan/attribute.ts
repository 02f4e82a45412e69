import { isObject, type Json } from "../model/json";
import { type Line, line } from "../model/line";
import { type AttributePath, isMasked, maskAt } from "../model/mask";
import { showPath, showValue } from "../render/show-difference";
import type { Change } from "./change";

/** One attribute of a resource, before and after a change. */
export interface Attribute {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly unknown: boolean;
  readonly sensitive: boolean;
  /** `memory_size: 1024 → 2048`. */
  readonly words: Line;
}

/** A single nested block is a list with one member: its path goes through 0. */
export function attributeAt(change: Change, ...path: AttributePath): Attribute {
  const before = valueAt(change.before, path);
  const after = valueAt(change.after, path);
  const unknown = isMasked(maskAt(change.unknown, path));
  const sensitive = [change.beforeSensitive, change.afterSensitive].some((mask) => isMasked(maskAt(mask, path)));
  const to = showValue(after, { sensitive, unknown });
  return {
    before,
    after,
    unknown,
    sensitive,
    words: line`${showPath(path)}: ${showValue(before, { sensitive })} → ${to}`,
  };
}

function valueAt(value: Json, path: AttributePath): Json | undefined {
  let current: Json | undefined = value;
  for (const step of path) {
    // A single block is written as itself by some providers.
    if (step === 0 && isObject(current)) continue;
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as { readonly [key: string | number]: Json })[step];
  }
  return current;
}
