import type { Change } from "../change";

export const REMEDY_IN_TERRAFORM = "What would keep the renamed resources, in Terraform:";
export const REMEDY_IN_CDKTF = "The same in CDKTF, on the resource of each construct:";

/** What tells Terraform that a renamed resource is still the same, in both languages. */
export interface Remedy {
  /** Construct path of the resource. */
  readonly path: string;
  /** A block in Terraform's own language. */
  readonly movedBlock: string;
  /** The call on the resource, in its construct. */
  readonly call: string;
}

export function remedyFor({ kind, element, previous }: Change): Remedy | undefined {
  if (kind !== "replacement" || !previous) return undefined;
  return {
    path: element.path,
    movedBlock: `moved {\n  from = ${previous.address}\n  to   = ${element.address}\n}`,
    call: `resource.moveFromId(${JSON.stringify(previous.address)})`,
  };
}
