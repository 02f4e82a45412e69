import type { Difference } from "../model/difference";
import { isEmpty, type Json } from "../model/json";
import { type Line, line, quoteAll } from "../model/line";
import type { AttributePath } from "../model/mask";
import { shorten } from "./text";

const SENSITIVE: Line = ["(sensitive)"];
const KNOWN_AFTER_APPLY: Line = ["known after apply"];
const NOTHING: Line = ["nothing"];

export interface Veils {
  readonly sensitive: boolean;
  readonly unknown?: boolean;
}

/** `memory_size: 1024 → 2048`; of a list what it gains and loses. */
export function showDifference({ path, before, after, sensitive, unknown }: Difference): Line {
  const name = shorten(showPath(path));
  if (!sensitive && !unknown && Array.isArray(before) && Array.isArray(after)) return showMembers(name, before, after);
  const from = showValue(before, { sensitive: sensitive && !isEmpty(before) });
  return line`${name}: ${from} → ${showValue(after, { sensitive: sensitive && !isEmpty(after), unknown })}`;
}

/** A value as JSON, cut where it is long; never a sensitive one. */
export function showValue(value: Json | undefined, { sensitive, unknown }: Veils): Line {
  if (sensitive) return SENSITIVE;
  if (unknown) return KNOWN_AFTER_APPLY;
  return isEmpty(value) ? NOTHING : line`${shorten(JSON.stringify(value))}`;
}

/** `rule[1].expiration.days`; the single block that most lists hold goes without its index. */
export function showPath(path: AttributePath): string {
  return path.reduce<string>((text, step) => {
    if (step === 0) return text;
    if (typeof step === "number") return `${text}[${step}]`;
    return text ? `${text}.${step}` : step;
  }, "");
}

function showMembers(name: string, before: readonly Json[], after: readonly Json[]): Line {
  const left = new Set(before.map((value) => JSON.stringify(value)));
  const right = new Set(after.map((value) => JSON.stringify(value)));
  const gained = [...right].filter((value) => !left.has(value)).map((value) => shorten(value));
  const lost = [...left].filter((value) => !right.has(value)).map((value) => shorten(value));
  if (gained.length === 0 && lost.length === 0) return line`${name}: the same members in another order`;
  const parts = [
    ...(gained.length > 0 ? [line`gains ${quoteAll(gained)}`] : []),
    ...(lost.length > 0 ? [line`loses ${quoteAll(lost)}`] : []),
  ];
  return line`${name} ${parts.flatMap((part, index) => (index === 0 ? [...part] : [", ", ...part]))}`;
}
