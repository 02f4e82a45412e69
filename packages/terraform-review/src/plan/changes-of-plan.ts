import { type JsonObject, listIn, objectIn } from "../model/json";
import { isMasked } from "../model/mask";
import type { Change, ChangeKind, FailedCheck, OutputChange, PlannedChanges } from "./change";
import { Configuration } from "./configuration";
import type { Plan, PlannedChange, PlannedResourceChange } from "./plan-schema";

const KINDS: Readonly<Record<string, ChangeKind>> = {
  "no-op": "no-op",
  create: "create",
  read: "read",
  update: "update",
  delete: "delete",
  forget: "forget",
  "delete,create": "replace",
  "create,delete": "replace",
  "create,forget": "forget",
};

/** CDKTF ends the names that it makes itself in a hash: `photos_bucket_4F2A91BC`. */
const CDKTF_HASH = /_[0-9A-F]{8}$/;

/** Translates a plan from Terraform's format. */
export function changesOfPlan(plan: Plan): PlannedChanges {
  const resources = plan.resource_changes ?? [];
  const constructOf = constructNames(resources.map(({ name }) => name));
  const translate = (resource: PlannedResourceChange) => toChange(resource, constructOf);
  return {
    errored: plan.errored ?? false,
    complete: plan.complete ?? true,
    redacted: plan.plan_format_version !== undefined,
    changes: resources.map(translate),
    drift: (plan.resource_drift ?? []).map(translate),
    deferred: (plan.deferred_changes ?? []).map(({ reason, resource_change }) => ({
      change: translate(resource_change),
      reason,
    })),
    outputs: Object.entries(plan.output_changes ?? {}).map(([name, change]) => toOutput(name, change)),
    failedChecks: failedChecks(plan),
    configuration: new Configuration(plan.configuration),
    dataSources: dataSources(objectIn(objectIn(objectIn(plan.prior_state).values).root_module)),
  };
}

/**
 * Finds the construct behind the name of a resource. A name is the ids on a construct's path, joined by underscores, so
 * that a name that others begin with is their parent: `image_processor_role` belongs to `image_processor`.
 */
function constructNames(names: readonly string[]) {
  const known = new Set(names.map((name) => name.replace(CDKTF_HASH, "")));
  return (name: string, moduleAddress: string | undefined): string => {
    const words = name.replace(CDKTF_HASH, "").split("_");
    const prefixes = words.map((_, index) => words.slice(0, index + 1).join("_"));
    const parent = prefixes.find((prefix) => known.has(prefix)) ?? words.join("_");
    const construct = parent.replaceAll("_", "-");
    return moduleAddress ? `${moduleAddress}/${construct}` : construct;
  };
}

function toChange(resource: PlannedResourceChange, constructOf: ReturnType<typeof constructNames>): Change {
  const { change } = resource;
  return {
    address: resource.address,
    type: resource.type,
    construct: constructOf(resource.name, resource.module_address),
    kind: kindOf(change),
    actions: change.actions,
    createsFirst: change.actions[0] === "create" && change.actions.length > 1,
    isData: resource.mode === "data",
    deposed: resource.deposed,
    reason: resource.action_reason,
    before: objectIn(change.before),
    after: objectIn(change.after),
    unknown: change.after_unknown ?? {},
    beforeSensitive: change.before_sensitive ?? {},
    afterSensitive: change.after_sensitive ?? {},
    replacePaths: change.replace_paths ?? [],
    importedId: change.importing ? (change.importing.id ?? "") : undefined,
    movedFrom: resource.previous_address === resource.address ? undefined : resource.previous_address,
  };
}

function kindOf({ actions }: PlannedChange): ChangeKind {
  return KINDS[actions.join(",")] ?? "other";
}

function toOutput(name: string, change: PlannedChange): OutputChange {
  return {
    name,
    kind: kindOf(change),
    before: change.before ?? null,
    after: change.after ?? null,
    unknown: change.after_unknown ?? false,
    beforeSensitive: isMasked(change.before_sensitive),
    afterSensitive: isMasked(change.after_sensitive),
  };
}

function failedChecks({ checks }: Plan): FailedCheck[] {
  return (checks ?? [])
    .filter(({ status }) => status === "fail" || status === "error")
    .map(({ address, status, instances }) => ({
      name: address.to_display,
      status,
      messages: (instances ?? []).flatMap(({ problems }) => (problems ?? []).map(({ message }) => message)),
    }));
}

/** The data sources that were read for the plan lie in the state before it. */
function dataSources(module: JsonObject): PlannedChanges["dataSources"] {
  const own = listIn(module.resources)
    .map(objectIn)
    .filter(({ mode }) => mode === "data")
    .map(({ type, values }) => ({ type: String(type), values: objectIn(values) }));
  return [...own, ...listIn(module.child_modules).flatMap((child) => dataSources(objectIn(child)))];
}
