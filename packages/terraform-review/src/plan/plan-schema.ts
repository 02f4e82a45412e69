import * as v from "valibot";
import type { Json } from "../model/json";

/** JSON that was parsed from text: nothing else can be in it. */
const json = v.custom<Json>((value) => value !== undefined);
const text = v.string();

const changeSchema = v.object({
  actions: v.array(text),
  before: v.optional(json),
  after: v.optional(json),
  after_unknown: v.optional(json),
  before_sensitive: v.optional(json),
  after_sensitive: v.optional(json),
  replace_paths: v.optional(v.array(v.array(v.union([text, v.number()])))),
  importing: v.nullish(v.object({ id: v.optional(text), unknown: v.optional(v.boolean()) })),
});

const resourceChangeSchema = v.object({
  address: text,
  previous_address: v.optional(text),
  mode: v.optional(text, "managed"),
  type: text,
  name: text,
  module_address: v.optional(text),
  deposed: v.optional(text),
  action_reason: v.optional(text),
  change: changeSchema,
});

const checkSchema = v.object({
  address: v.object({ to_display: v.optional(text, "a check") }),
  status: text,
  instances: v.optional(
    v.array(v.object({ problems: v.optional(v.array(v.object({ message: v.optional(text, "") }))) })),
  ),
});

/**
 * The part of a plan that is reviewed; other fields are ignored, as the format demands of its readers.
 * @see https://developer.hashicorp.com/terraform/internals/json-format
 */
export const planSchema = v.object({
  errored: v.optional(v.boolean()),
  complete: v.optional(v.boolean()),
  resource_changes: v.nullish(v.array(resourceChangeSchema)),
  resource_drift: v.nullish(v.array(resourceChangeSchema)),
  deferred_changes: v.nullish(
    v.array(v.object({ reason: v.optional(text, "unknown"), resource_change: resourceChangeSchema })),
  ),
  output_changes: v.nullish(v.record(text, changeSchema)),
  checks: v.nullish(v.array(checkSchema)),
  prior_state: v.optional(json),
  configuration: v.optional(json),
  plan_format_version: v.optional(text),
});

export type Plan = v.InferOutput<typeof planSchema>;
export type PlannedResourceChange = v.InferOutput<typeof resourceChangeSchema>;
export type PlannedChange = v.InferOutput<typeof changeSchema>;
