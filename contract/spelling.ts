// Beside the settings, because the stack and the local system both read some; the functions do not.

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

/** The known name that `name` most likely stands for: at most two edits away, the nearest one, the first of several. */
export function nearestName(name: string, knownNames: readonly string[]): string | undefined {
  return knownNames
    .filter((known) => Math.abs(known.length - name.length) <= MAX_EDITS)
    .map((known) => ({ known, edits: editDistance(name, known) }))
    .filter(({ edits }) => edits <= MAX_EDITS)
    .sort((a, b) => a.edits - b.edits)[0]?.known;
}

/** What a name ends in to say what its number counts. */
const UNIT = /_(?:MB|S|DAYS|HOURS|PERCENT|COUNT|PER_5_MIN)$/;

/** The known name that `name` is but for its unit, or for how its words are written: `protect_data`, `LAMBDA_MEMORY`. */
export function looseName(name: string, knownNames: readonly string[]): string | undefined {
  const letters = lettersOf(name);
  return knownNames.find((known) => [known, known.replace(UNIT, "")].some((form) => lettersOf(form) === letters));
}

const lettersOf = (name: string): string => name.toUpperCase().replaceAll("_", "");

/**
 * A line for each variable whose name is none of the known ones and yet meant to be: `NAME must be spelt OURS, got "text"`. One
 * that is merely loosely alike may be another program's; it is taken for ours where ours is not set.
 */
export function faultsOfSpelling(
  variables: Readonly<Record<string, unknown>>,
  knownNames: readonly string[],
): readonly string[] {
  const unset = knownNames.filter((name) => variables[name] === undefined);
  return Object.entries(variables).flatMap(([name, value]) => {
    if (value === undefined || knownNames.includes(name)) return [];
    const meant = nearestName(name, knownNames) ?? looseName(name, unset);
    return meant ? [`${name} must be spelt ${meant}, got ${JSON.stringify(value)}`] : [];
  });
}
