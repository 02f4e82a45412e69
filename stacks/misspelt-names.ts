const MAX_EDITS = 2;

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, each once per place.
 * @see Boytsov, "Indexing methods for approximate dictionary searching" (2011), section 2.2
 */
export function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= from.length; row++) {
    rows[row] = [row];
    for (let column = 1; column <= to.length; column++) {
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1),
          swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(from.length, to.length);
}

/** The known name that `name` most likely stands for: at most two edits away, the nearest one, the first of several. */
export function meantName(name: string, knownNames: readonly string[]): string | undefined {
  return knownNames
    .filter((known) => Math.abs(known.length - name.length) <= MAX_EDITS)
    .map((known) => ({ known, edits: editDistance(name, known) }))
    .filter(({ edits }) => edits <= MAX_EDITS)
    .sort((a, b) => a.edits - b.edits)[0]?.known;
}
