import type { Difference } from "../../model/difference";
import { isEmpty, type Json } from "../../model/json";
import type { Line } from "../../model/line";
import type { Change } from "../change";
import type { BlockKind, Remark, Severity } from "../finding";
import type { PlanContext } from "../plan-context";
import { policyStatements } from "../policy/policy-statement";

/** How much one changed attribute weighs, and what it does. */
export interface Judgement {
  readonly severity: Severity;
  readonly kind?: BlockKind;
  /** Stands before the difference. */
  readonly words?: Line;
}

type Judge = (difference: Difference, change: Change, context: PlanContext) => Judgement;

/** What the review knows of an attribute and of all that lies in it. */
export interface AttributeRule {
  readonly harmless: "always" | "sometimes" | "never";
  readonly judge: Judge;
}

/** What the review knows of a type. An attribute that is not named needs a look. */
export interface TypeRules {
  /** Attributes that nobody can set. */
  readonly computed?: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeRule>>;
  /** What several attributes say together, of a change or of a creation. */
  readonly examine?: (change: Change, context: PlanContext) => readonly Remark[];
  /** What a new one does, where that needs a look. */
  readonly created?: string;
  /** What happens without it, of a resource that protects another one. */
  readonly destroyed?: Remark;
}

export type RuleTable = Readonly<Record<string, TypeRules>>;

const isNumber = (value: Json | undefined): value is number => typeof value === "number";
export const isTrue = (value: Json | undefined): boolean => value === true;
export const isText = (value: Json | undefined): value is string => typeof value === "string" && value !== "";
export const isFilled = (value: Json | undefined): boolean => Array.isArray(value) && value.length > 0;

/** Changes nothing that anybody depends on. */
export const harmless: AttributeRule = { harmless: "always", judge: () => ({ severity: "note" }) };

/** Judged together with others, by `examine`. */
export const examined: AttributeRule = { harmless: "sometimes", judge: () => ({ severity: "note" }) };

/** Needs a look: the words say what the attribute does. */
export function does(words: string): AttributeRule {
  return { harmless: "never", judge: () => ({ severity: "review", words: [words] }) };
}

/** Harmless where the condition holds of known values. */
export function harmlessWhen(
  holds: (before: Json | undefined, after: Json | undefined, change: Change, context: PlanContext) => boolean,
  words: string,
): AttributeRule {
  return {
    harmless: "sometimes",
    judge: ({ before, after, unknown }, change, context) =>
      !unknown && holds(before, after, change, context) ? { severity: "note" } : { severity: "review", words: [words] },
  };
}

/** A number that does no harm when it rises. */
export function risesFreely(words: string): AttributeRule {
  return harmlessWhen((before, after) => isNumber(before) && isNumber(after) && after >= before, words);
}

/** A time after which something is deleted. */
export function keepsLonger(words: string, { absent, forever }: { absent: number; forever?: number }): AttributeRule {
  const period = (value: Json | undefined) => {
    if (!isNumber(value)) return absent;
    return value === forever ? Number.POSITIVE_INFINITY : value;
  };
  return harmlessWhen((before, after) => period(after) >= period(before), words);
}

/** A list that does no harm when members join it. */
export function gainsFreely(words: string): AttributeRule {
  return harmlessWhen((before, after) => {
    const members = new Set((Array.isArray(after) ? after : []).map((member) => JSON.stringify(member)));
    return (Array.isArray(before) ? before : []).every((member) => members.has(JSON.stringify(member)));
  }, words);
}

interface GuardOptions {
  readonly isOn?: (value: Json | undefined) => boolean;
  readonly kind?: BlockKind;
  /** What another value does that is on as well. */
  readonly altered?: string;
}

/** A setting that protects data: blocks when it is turned off. */
export function guard(words: string, { isOn = isTrue, kind = "unprotect", altered }: GuardOptions = {}): AttributeRule {
  return {
    harmless: "sometimes",
    judge: ({ before, after, unknown }) => {
      if (unknown) return { severity: "review", words: ["known only after apply"] };
      if (isOn(before) && !isOn(after)) return { severity: "block", kind, words: [words] };
      // A key that is new may be one that is not there.
      const isAltered = isOn(after) && typeof after !== "boolean" && (isOn(before) || altered !== undefined);
      return isAltered ? { severity: "review", words: [altered ?? "the value changes"] } : { severity: "note" };
    },
  };
}

/** A policy is judged statement by statement, where its text can be read. */
export const byPolicy: AttributeRule = {
  harmless: "sometimes",
  judge: ({ before, after, unknown }) => {
    const isRead = [before, after].every((policy) => isEmpty(policy) || policyStatements(policy) !== undefined);
    return isRead && !unknown
      ? { severity: "note" }
      : { severity: "review", words: ["the permissions that the policy grants"] };
  },
};
