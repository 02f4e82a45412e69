import { type Difference, differencesBetween, isSameInPlan } from "../model/difference";
import { isObject, type Json, type JsonObject } from "../model/json";
import { type Line, line } from "../model/line";
import { type AttributePath, isMasked, type Mask, maskAt } from "../model/mask";
import { showPath, showValue } from "../render/show-difference";
import type { Configuration } from "./configuration";

/** `other`: an action that this review has no word for. */
export type ChangeKind = "create" | "read" | "update" | "replace" | "delete" | "forget" | "no-op" | "other";

/** What Terraform means to do with one resource, or found to be done to it. */
export interface Change {
  readonly address: string;
  readonly type: string;
  /** What its construct is called, as far as addresses tell. */
  readonly construct: string;
  readonly kind: ChangeKind;
  readonly actions: readonly string[];
  readonly createsFirst: boolean;
  readonly isData: boolean;
  /** Key of an object that an interrupted replacement left behind. */
  readonly deposed: string | undefined;
  /** `action_reason` of Terraform. */
  readonly reason: string | undefined;
  /** Empty where there is nothing before, or after. */
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly unknown: Mask;
  readonly beforeSensitive: Mask;
  readonly afterSensitive: Mask;
  readonly replacePaths: readonly AttributePath[];
  /** Id of the existing resource that is imported; empty where it is not known yet. */
  readonly importedId: string | undefined;
  readonly movedFrom: string | undefined;
}

export interface OutputChange {
  readonly name: string;
  readonly kind: ChangeKind;
  readonly before: Json;
  readonly after: Json;
  readonly unknown: Mask;
  readonly beforeSensitive: boolean;
  readonly afterSensitive: boolean;
}

export interface FailedCheck {
  readonly name: string;
  readonly status: string;
  readonly messages: readonly string[];
}

/** A plan in the words of the review. */
export interface PlannedChanges {
  readonly errored: boolean;
  readonly complete: boolean;
  /** Terraform Cloud left out what may hold secrets: configuration, checks, the state before. */
  readonly redacted: boolean;
  readonly changes: readonly Change[];
  readonly drift: readonly Change[];
  readonly deferred: readonly { readonly change: Change; readonly reason: string }[];
  readonly outputs: readonly OutputChange[];
  readonly failedChecks: readonly FailedCheck[];
  readonly configuration: Configuration;
  /** Values of the data sources that were read for the plan, with their type. */
  readonly dataSources: readonly { readonly type: string; readonly values: JsonObject }[];
}

/** The resource, as it is, ends with this change. */
export function isDestroyed({ kind }: Change): boolean {
  return kind === "delete" || kind === "replace";
}

/** Every attribute that a change gives another value. */
export function differencesOf(change: Change): readonly Difference[] {
  const { before, after, unknown, beforeSensitive, afterSensitive } = change;
  return differencesBetween(
    { value: before, sensitive: beforeSensitive },
    { value: after, sensitive: afterSensitive, unknown },
    isSameInPlan,
  );
}

export function isUnknown({ unknown }: Change, attribute: string): boolean {
  return isMasked(maskAt(unknown, [attribute]));
}

export function isSensitive({ beforeSensitive, afterSensitive }: Change, attribute: string): boolean {
  return [beforeSensitive, afterSensitive].some((mask) => isMasked(maskAt(mask, [attribute])));
}

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
