/** The synthesized JSON of a stack, or a part of it: edited freely where no setting makes the change. */
// biome-ignore lint/suspicious/noExplicitAny: generated JSON of hundreds of shapes, edited by hand
export type Synthesized = any;

/** A change from one deployed state to another, from which the real Terraform makes a plan. */
export interface PlannedChange {
  /** Name of the fixture file. */
  readonly name: string;
  /** Settings of what is deployed; `null`: nothing is deployed yet. */
  readonly from?: Readonly<Record<string, string>> | null;
  /** Edits of what is deployed. */
  readonly editBase?: (synthesized: Synthesized) => void;
  /** Settings of what is planned, on top of those that are deployed. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Edits of what is planned, on top of those of what is deployed. */
  readonly edit?: (synthesized: Synthesized) => void;
  /** What the functions' code says, so that its hash changes. */
  readonly code?: string;
  /** What somebody changed outside: attributes by resource type, `null` for a deleted resource. */
  readonly drift?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
}
