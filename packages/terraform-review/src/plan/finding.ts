import type { Line } from "../model/line";
import type { PlannedChanges } from "./change";

/** In the order of weight. `note` leaves a plan safe. */
export const SEVERITIES = ["note", "review", "block"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** In the order of the review. */
export const CONCERNS = [
  "plan",
  "destruction",
  "permissions",
  "exposure",
  "runtime",
  "update",
  "creation",
  "move",
  "output",
  "drift",
] as const;
export type Concern = (typeof CONCERNS)[number];

/** What may be allowed at one address, and what each means. */
export const BLOCK_KINDS = {
  destroy: "data is lost with its resource",
  expire: "data is deleted that was kept, or sooner than it was",
  public: "anybody gets in",
  account: "data goes to another account, or to an endpoint outside AWS",
  unprotect: "what protects data is taken away",
} as const;
export type BlockKind = keyof typeof BLOCK_KINDS;

/** A fact about a change, and how much it weighs. */
export interface Remark {
  readonly severity: Severity;
  readonly words: Line;
  /** What has to be allowed, of a remark that blocks. */
  readonly kind?: BlockKind;
}

/** One thing about one resource that a reviewer should know. */
export interface Finding {
  readonly concern: Concern;
  readonly severity: Severity;
  readonly construct: string;
  readonly address: string;
  /** Of the resource; empty where it is about something else. */
  readonly type: string;
  /** Goes on after the address. */
  readonly title: Line;
  readonly details: readonly Remark[];
}

export function worst(severities: Iterable<Severity>): Severity {
  return SEVERITIES[Math.max(0, ...[...severities].map((severity) => SEVERITIES.indexOf(severity)))] ?? "note";
}

interface Subject {
  readonly construct: string;
  readonly address: string;
  readonly type?: string;
}

/** @param severity the least that it weighs; heavier details make it heavier */
export function finding(
  { construct, address, type = "" }: Subject,
  concern: Concern,
  severity: Severity,
  title: Line,
  details: readonly Remark[] = [],
): Finding {
  const all = [severity, ...details.map((detail) => detail.severity)];
  return { concern, severity: worst(all), construct, address, type, title, details };
}

export const note = (words: Line): Remark => ({ severity: "note", words });
export const review = (words: Line): Remark => ({ severity: "review", words });
export const block = (kind: BlockKind, words: Line): Remark => ({ severity: "block", kind, words });

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
