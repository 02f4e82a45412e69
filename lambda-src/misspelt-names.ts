const MAX_EDITS = 2;

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, each once per place.
 * @see Boytsov, "Indexing methods for approximate dictionary searching" (2011), section 2.2
 */
export function editDistance(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substituted = edits(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          edits(last, column) + 1,
          edits(current, column - 1) + 1,
          swapped ? Math.min(substituted, edits(beforeLast, column - 2) + 1) : substituted,
        ),
      );
    }
    [beforeLast, last] = [last, current];
  }
  return edits(last, to.length);
}

const edits = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;

/** What a name ends in to say what its number counts. */
const UNIT = /_(?:MB|S|DAYS|HOURS|PERCENT|COUNT|PER_5_MIN)$/;

/**
 * The known name that `name` most likely stands for: the same in capitals, or with its unit, or the nearest one that is at most
 * two edits away, the first of several.
 */
export function meantName(name: string, knownNames: readonly string[]): string | undefined {
  const capitals = name.toUpperCase();
  const near = knownNames
    .filter((known) => Math.abs(known.length - name.length) <= MAX_EDITS)
    .map((known) => ({ known, edits: editDistance(name, known) }))
    .filter(({ edits }) => edits <= MAX_EDITS)
    .sort((a, b) => a.edits - b.edits);
  return (
    knownNames.find((known) => known === capitals) ??
    near[0]?.known ??
    knownNames.find((known) => known.replace(UNIT, "") === capitals)
  );
}

/** A line for each variable whose name is none of the known ones and yet meant to be: `NAME must be spelt OURS, got "text"`. */
export function faultsOfSpelling(
  variables: Readonly<Record<string, unknown>>,
  knownNames: readonly string[],
): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    const meant = value === undefined || knownNames.includes(name) ? undefined : meantName(name, knownNames);
    return meant ? [`${name} must be spelt ${meant}, got ${JSON.stringify(value)}`] : [];
  });
}
