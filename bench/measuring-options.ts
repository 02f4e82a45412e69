/** Odd, so that a median is one of the rounds. @throws {Error} naming the option, the expectation and what it got */
export function readRounds(text: string): number {
  const rounds = Number(text);
  if (/^\d{1,3}$/.test(text) && rounds >= 3 && rounds % 2 === 1) return rounds;
  throw new Error(`--rounds must be an odd integer from 3 to 999, got ${JSON.stringify(text)}`);
}

/** @throws {Error} naming the option, the expectation and what it got */
export function readCore(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new Error(`--core must be an integer from 0 to 999, got ${JSON.stringify(text)}`);
}

/** Those that `--only` names, in its order; all where it is not given. @throws {Error} as the others do */
export function readOnly<T>(
  names: readonly string[] | undefined,
  all: readonly T[],
  nameOf: (one: T) => string,
): readonly T[] {
  if (!names) return all;
  return names.map((name) => {
    const known = all.find((one) => nameOf(one) === name);
    if (known) return known;
    throw new Error(`--only must be one of ${all.map(nameOf).join(", ")}, got ${JSON.stringify(name)}`);
  });
}
