/** The program's own words, or text out of the two revisions, which anybody may have written. */
export type Span = string | { readonly quoted: string };
export type Line = readonly Span[];

/** A line whose template is the program's own words; texts put in are quoted, numbers and other lines are not. */
export function line(words: TemplateStringsArray, ...parts: readonly (string | number | Line)[]): Line {
  return words.flatMap((text, index): Span[] => {
    const part = parts[index];
    if (part === undefined) return [text];
    if (typeof part === "string") return [text, { quoted: part }];
    return typeof part === "number" ? [text, part.toLocaleString("en-US")] : [text, ...part];
  });
}

export function joinLines(lines: readonly Line[], separator: string): Line {
  return lines.flatMap((part, index) => (index === 0 ? [...part] : [separator, ...part]));
}
