import { listIn, objectIn } from "../model/json";
import { isMasked } from "../model/mask";
import type { Change, ChangeKind, FailedCheck, OutputChange, PlannedChanges } from "./change";
import { ConstructNames } from "./construct-name";
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

/** Translates a plan from Terraform's format. */
export function changesOfPlan(plan: Plan): PlannedChanges {
  const resources = plan.resource_changes ?? [];
  const names = new ConstructNames(resources.map(({ name }) => name));
  return {
    errored: plan.errored ?? false,
    complete: plan.complete ?? true,
    changes: resources.map((resource) => toChange(resource, names)),
    drift: (plan.resource_drift ?? []).map((resource) => toChange(resource, names)),
    deferred: (plan.deferred_changes ?? []).map(({ reason, resource_change }) => ({
      change: toChange(resource_change, names),
      reason,
    })),
    outputs: Object.entries(plan.output_changes ?? {}).map(([name, change]) => toOutput(name, change)),
    failedChecks: failedChecks(plan),
    archiveSizes: archiveSizes(plan.prior_state),
  };
}

function toChange(resource: PlannedResourceChange, names: ConstructNames): Change {
  const { change } = resource;
  return {
    address: resource.address,
    type: resource.type,
    construct: names.of(resource.name, resource.module_address),
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
    sensitive: isMasked(change.before_sensitive) || isMasked(change.after_sensitive),
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
function archiveSizes(priorState: unknown): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  const modules = [objectIn(objectIn(priorState).values).root_module];
  for (const module of modules) {
    const { resources, child_modules } = objectIn(module);
    modules.push(...listIn(child_modules));
    for (const resource of listIn(resources).map(objectIn)) {
      const { output_base64sha256: hash, output_size: size } = objectIn(resource.values);
      if (resource.type === "archive_file" && typeof hash === "string" && typeof size === "number")
        sizes.set(hash, size);
    }
  }
  return sizes;
}
