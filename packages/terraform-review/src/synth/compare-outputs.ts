import { join } from "node:path";
import { type CodeChange, type FileChange, fileChangesBetween } from "./code-change";
import type { Element } from "./element";
import type { SynthesizedOutput } from "./read-output";
import { type Change, StackComparison } from "./stack-comparison";

/** Another package, the element that takes it, and what is in it. */
export interface ChangedCode extends CodeChange {
  readonly element: Element;
  readonly files: readonly FileChange[];
}

/** What a change does to the synthesized output. */
export interface SynthDiff {
  /** As a person calls the two revisions. */
  readonly base: string;
  readonly head: string;
  readonly changes: readonly Change[];
  readonly code: readonly ChangedCode[];
  /** Elements that name renamed ones by their new addresses, and else are the same. */
  readonly followers: readonly Element[];
  /** Elements with JSON in text that says the same in another way. */
  readonly rewritten: readonly Element[];
}

export function compareOutputs(base: SynthesizedOutput, head: SynthesizedOutput): SynthDiff {
  const stacks = [...new Set([...base.elements, ...head.elements].map(({ stack }) => stack))].sort();
  const comparisons = stacks.map((stack) => {
    const inStack = (element: Element) => element.stack === stack;
    return new StackComparison(base.elements.filter(inStack), head.elements.filter(inStack));
  });
  const code = comparisons.flatMap((comparison) => comparison.code);
  return {
    base: base.label,
    head: head.label,
    changes: comparisons.flatMap(({ changes }) => changes),
    code: code.map(({ element, change }) => ({
      ...change,
      element,
      files: fileChangesBetween(
        join(base.directoryOf(element.stack), change.before),
        join(head.directoryOf(element.stack), change.after),
      ),
    })),
    followers: comparisons.flatMap(({ followers }) => followers),
    rewritten: comparisons.flatMap(({ rewritten }) => rewritten),
  };
}

/** Whether something is lost that nobody can make again. */
export function endangersData({ changes }: SynthDiff): boolean {
  return changes.some(({ endangers }) => endangers);
}
