const MAX_CHARACTERS = 400;

/**
 * Control characters, line breaks, what is invisible or turns the direction of writing, and marks piled on one letter.
 * @see https://www.unicode.org/reports/tr36/
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}|\p{Default_Ignorable_Code_Point}|(?<=\p{M}{2})\p{M}/gu;

/** The text on one line, cut where it is long, with whatever one could not see written as `\u{...}`. */
export function visibleText(text: string): string {
  return shorten(text, MAX_CHARACTERS).replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The first characters, and how many there were. Counts in code points, so that none is cut in half. */
export function shorten(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const start = [...text.slice(0, 2 * maxCharacters)].slice(0, maxCharacters).join("");
  return start.length === text.length ? text : `${start}… (${text.length} characters)`;
}
