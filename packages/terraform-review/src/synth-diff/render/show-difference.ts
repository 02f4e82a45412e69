import { joinLines, type Line, line } from "../../plan-review/model/line";
import type { AttributePath, Difference } from "../model/differences";
import { isObject, type Json } from "../model/json-value";
import { shorten } from "./visible-text";

const MAX_CHARACTERS = 160;
const NOTHING: Line = ["nothing"];

/** `memory_size: 1024 → 2048`; of a list of texts what it gains and loses. */
export function showDifference({ path, before, after }: Difference): Line {
  const name = showPath(path);
  if (isListOfTexts(before) && isListOfTexts(after)) return showMembers(name, before, after);
  return line`${name}: ${showValue(before)} → ${showValue(after)}`;
}

function showValue(value: Json | undefined): Line {
  return value === undefined || value === null ? NOTHING : line`${shorten(JSON.stringify(value), MAX_CHARACTERS)}`;
}

function isListOfTexts(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value) && value.every((member) => !isObject(member) && !Array.isArray(member));
}

function showMembers(name: string, before: readonly Json[], after: readonly Json[]): Line {
  const gained = after.filter((member) => !before.includes(member)).map(showValue);
  const lost = before.filter((member) => !after.includes(member)).map(showValue);
  if (gained.length + lost.length === 0) return line`${name}: the same members in another order`;
  const parts = [
    ...(gained.length > 0 ? [line`gains ${joinLines(gained, ", ", Number.POSITIVE_INFINITY)}`] : []),
    ...(lost.length > 0 ? [line`loses ${joinLines(lost, ", ", Number.POSITIVE_INFINITY)}`] : []),
  ];
  return line`${name} ${joinLines(parts, ", ", Number.POSITIVE_INFINITY)}`;
}

/** `rule[1].expiration.days`; the single block that most lists hold goes without its index. */
function showPath(path: AttributePath): string {
  return path.reduce<string>((text, step) => {
    if (step === 0) return text;
    if (typeof step === "number") return `${text}[${step}]`;
    return text ? `${text}.${step}` : step;
  }, "");
}
