import type { Json } from "../../src/model/json";
import { readAllowance } from "../../src/plan/allowance";
import { readPlan } from "../../src/plan/read-plan";
import { type PlanReview, reviewPlan } from "../../src/plan/review";

export interface WrittenChange {
  readonly type: string;
  readonly name?: string;
  readonly actions: readonly string[];
  readonly before?: Json;
  readonly after?: Json;
  readonly [field: string]: unknown;
}

/** A plan in Terraform's format, written by hand: what the real one cannot be brought to here. */
export function planWith(changes: readonly WrittenChange[], fields: Readonly<Record<string, unknown>> = {}): Buffer {
  const resource_changes = changes.map(resourceChange);
  return Buffer.from(JSON.stringify({ format_version: "1.2", resource_changes, ...fields }));
}

export function resourceChange({ type, name = "it", actions, before, after, ...rest }: WrittenChange) {
  const {
    after_unknown = {},
    before_sensitive = false,
    after_sensitive = false,
    replace_paths,
    importing,
    ...own
  } = rest;
  const change = { actions, before, after, after_unknown, before_sensitive, after_sensitive, replace_paths, importing };
  const written = { ...change, before: before ?? null, after: after ?? null };
  return { address: `${type}.${name}`, mode: "managed", type, name, ...own, change: written };
}

/** The review of a plan, read as the command reads it. */
export function reviewOf(plan: Uint8Array, allow: readonly string[] = []): PlanReview {
  return reviewPlan(readPlan(plan, "plan.json"), "plan.json", allow.map(readAllowance));
}
