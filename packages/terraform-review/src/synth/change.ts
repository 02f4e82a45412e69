import type { Difference } from "../model/difference";
import type { CodeChange } from "./code-change";
import type { Element } from "./element";

/** A `replacement` is hidden: Terraform destroys and makes anew what only has another name. */
export type ChangeKind = "replacement" | "removal" | "addition" | "update" | "move";

/** One element that differs. */
export interface Change {
  readonly kind: ChangeKind;
  readonly element: Element;
  /** What it was, where it is declared under another address. */
  readonly previous: Element | undefined;
  /** Without those that only follow the renaming of others, and without code. */
  readonly differences: readonly Difference[];
  /** What the resource holds that nobody can make again. */
  readonly holding: string | undefined;
  /** Whether that is lost. */
  readonly endangers: boolean;
  /** The attribute that Terraform cannot change in place. */
  readonly replacedFor: string | undefined;
}

/** Another package, and the element that takes it. */
export interface ElementCode {
  readonly element: Element;
  readonly change: CodeChange;
}
