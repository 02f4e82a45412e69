import type { Line } from "../model/line";

const MAX_QUOTED_CHARACTERS = 400;

/**
 * Control characters, line breaks, what is invisible or turns the direction of writing, and marks piled on one letter.
 * @see https://www.unicode.org/reports/tr36/
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}|\p{Default_Ignorable_Code_Point}|(?<=\p{M}{2})\p{M}/gu;

/** The text on one line, with whatever one could not see, or would see in a wrong place, written as `\u{...}`. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The first characters, and how many there were. Counts in code points, so that none is cut in half. */
export function shorten(text: string, maxCharacters = 160): string {
  if (text.length <= maxCharacters) return text;
  const start = [...text.slice(0, 2 * maxCharacters)].slice(0, maxCharacters).join("");
  return start.length === text.length ? text : `${start}… (${text.length} characters)`;
}

/** One line for a terminal, with what was quoted as it is, as far as it can be seen. */
export function textOf(line: Line): string {
  return line.map((part) => (typeof part === "string" ? part : quotedText(part.quoted))).join("");
}

/** What somebody else wrote, cut where it is long. */
export function quotedText(text: string): string {
  return visibleText(shorten(text, MAX_QUOTED_CHARACTERS));
}

/** One line of Markdown. What was quoted stands in code spans, where nothing is markup. */
export function markdownOf(line: Line): string {
  return line.map((part) => (typeof part === "string" ? part : codeSpan(part.quoted))).join("");
}

/** A span whose fence is longer than any run of backticks inside. */
export function codeSpan(text: string): string {
  const content = quotedText(text) || " ";
  const fence = fenceFor(content, 1);
  const padding = /^[ `]|[ `]$/.test(content) ? " " : "";
  return `${fence}${padding}${content}${padding}${fence}`;
}

/** Backticks that end no sooner than the text does. */
export function fenceFor(content: string, minLength: number): string {
  const runs = (content.match(/`+/g) ?? []).map((run) => run.length);
  return "`".repeat(Math.max(minLength, ...runs.map((length) => length + 1)));
}
