/** Text of others, such as a key: whatever a terminal would act on, or that could pass for a line of ours, is shown as an escape. */
export const visibleText = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
    JSON.stringify(character).length > 3
      ? JSON.stringify(character).slice(1, -1)
      : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
