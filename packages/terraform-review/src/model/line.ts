/** A piece of a line: the review's own words, or text out of the plan, which anybody may have written. */
export type Span = string | { readonly quoted: string };
export type Line = readonly Span[];

/**
 * A line of a review. The template's text is the review's own; strings put in are quoted from the plan, and renderers keep
 * them in their place. Numbers and other lines are put in as they are.
 */
export function line(words: TemplateStringsArray, ...parts: readonly (string | number | Line)[]): Line {
  return words.flatMap((text, index): Span[] => {
    const part = parts[index];
    if (part === undefined) return [text];
    if (typeof part === "string") return [text, { quoted: part }];
    return typeof part === "number" ? [text, part.toLocaleString("en-US")] : [text, ...part];
  });
}

/** `lines` with `separator` between them; more than `limit` are counted. */
export function joinLines(lines: readonly Line[], separator = ", ", limit = 12): Line {
  const shown = lines.slice(0, limit).flatMap((part, index) => (index === 0 ? [...part] : [separator, ...part]));
  return lines.length > limit ? [...shown, `${separator}and ${lines.length - limit} more`] : shown;
}

export function quoteAll(texts: Iterable<string>): Line {
  return joinLines([...texts].map((text) => line`${text}`));
}
