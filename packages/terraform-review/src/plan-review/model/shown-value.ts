import type { Json } from "../input/json-value";
import type { AttributePath } from "./change";
import { type Line, line } from "./line";

const MAX_CHARACTERS = 160;
const SENSITIVE: Line = ["(sensitive)"];
const KNOWN_AFTER_APPLY: Line = ["known after apply"];
const NOTHING: Line = ["nothing"];

export interface Veils {
  readonly sensitive: boolean;
  readonly unknown?: boolean;
}

/** A value as JSON, cut where it is long; never a sensitive one. */
export function showValue(value: Json | undefined, { sensitive, unknown }: Veils): Line {
  if (sensitive) return SENSITIVE;
  if (unknown) return KNOWN_AFTER_APPLY;
  return isEmpty(value) ? NOTHING : line`${shorten(JSON.stringify(value))}`;
}

/** Terraform tells apart what means the same: an absent block is `null`, or a list of none. */
export function isEmpty(value: Json | undefined): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** The first characters, and how many there were. Counts in code points, so that none is cut in half. */
export function shorten(text: string, maxCharacters = MAX_CHARACTERS): string {
  if (text.length <= maxCharacters) return text;
  const start = [...text.slice(0, 2 * maxCharacters)].slice(0, maxCharacters).join("");
  return start.length === text.length ? text : `${start}… (${text.length} characters)`;
}

/** `rule[0].expiration[0].days`; the single block that most lists hold goes without its index. */
export function showPath(path: AttributePath): string {
  return path.reduce<string>((text, step) => {
    if (step === 0) return text;
    if (typeof step === "number") return `${text}[${step}]`;
    return text ? `${text}.${step}` : step;
  }, "");
}
