/**
 * Control characters, line breaks, what is invisible or turns the direction of writing, and marks piled on one letter.
 * @see https://www.unicode.org/reports/tr36/
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}|\p{Default_Ignorable_Code_Point}|(?<=\p{M}{2})\p{M}/gu;

/** The text on one line, with whatever one could not see, or would see in a wrong place, written as `\u{...}`. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
