/**
 * Control characters, line breaks, what is invisible or turns the direction of writing, and marks piled on one letter.
 * @see https://www.unicode.org/reports/tr36/
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}|\p{Default_Ignorable_Code_Point}|(?<=\p{M}{2})\p{M}/gu;

/** Text of others, such as a key: whatever a terminal would act on, or that could pass for a line of ours, is shown as an escape. */
export const visibleText = (text: string): string =>
  text.replace(UNSEEN, (character) =>
    JSON.stringify(character).length > 3
      ? JSON.stringify(character).slice(1, -1)
      : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
