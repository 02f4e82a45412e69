import type { Line } from "../model/line";

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

/** One thing about one resource that a reviewer should know. */
export interface Finding {
  readonly concern: Concern;
  readonly severity: Severity;
  readonly construct: string;
  readonly address: string;
  /** Goes on after the address. */
  readonly title: Line;
  readonly details: readonly Line[];
}

export function worst(severities: Iterable<Severity>): Severity {
  return SEVERITIES[Math.max(0, ...[...severities].map((severity) => SEVERITIES.indexOf(severity)))] ?? "note";
}
