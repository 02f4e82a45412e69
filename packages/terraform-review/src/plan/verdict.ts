import type { PlannedChanges } from "./change";
import type { Severity } from "./finding";

/** What becomes of a pull request: merge it, look at it first, or do not. */
export const VERDICTS = { note: "SAFE", review: "REVIEW", block: "BLOCK" } as const satisfies Record<Severity, string>;
export type Verdict = (typeof VERDICTS)[Severity];

/** Resources by what happens to them; one that is imported or moved may also be updated. */
export interface Counts {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly destroy: number;
  readonly forget: number;
  readonly import: number;
  readonly move: number;
}

export function countChanges({ changes }: PlannedChanges): Counts {
  const managed = changes.filter(({ isData }) => !isData);
  const count = (kind: string) => managed.filter((change) => change.kind === kind).length;
  return {
    create: count("create"),
    update: count("update"),
    replace: count("replace"),
    destroy: count("delete"),
    forget: count("forget"),
    import: managed.filter(({ importedId }) => importedId !== undefined).length,
    move: managed.filter(({ movedFrom }) => movedFrom !== undefined).length,
  };
}

/** `1 to replace, 2 to update`, or that there is nothing to do. */
export function describeCounts(counts: Counts): string {
  const words = {
    destroy: "to destroy",
    replace: "to replace",
    create: "to create",
    update: "to update",
    forget: "to forget",
    import: "to import",
    move: "moved",
  } as const;
  const parts = (Object.keys(words) as (keyof Counts)[])
    .filter((key) => counts[key] > 0)
    .map((key) => `${counts[key].toLocaleString("en-US")} ${words[key]}`);
  return parts.length === 0 ? "no resource changes" : parts.join(", ");
}
