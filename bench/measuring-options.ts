import { parseArgs } from "node:util";
import { IMAGE_CLASSES, type ImageClass } from "./images/image-classes";

export interface CompareOptions {
  readonly classes: readonly ImageClass[];
  readonly rounds: number;
  /** CPU time that one run of a candidate takes at least, in ms, and so how often it renders the image. */
  readonly runMs: number;
  readonly quality: boolean;
  readonly core: number | undefined;
  readonly json: string | undefined;
  readonly svg: string | undefined;
}

export const COMPARE_USAGE = `npm run bench -- [--only CLASS]... [--rounds N] [--quick] [--core N] [--json FILE] [--svg FILE]

Measures the image work beside other ways to do it: CPU, wall time, memory, bytes and quality of each, in turns on one core.
With all peers it takes a quarter of an hour; what is missing is named.

  --only CLASS  one of ${IMAGE_CLASSES.map(({ name }) => name).join(", ")}; may be repeated
  --rounds N    rounds over all candidates, odd, at least 3; 7 if not given
  --quick       three short rounds and no quality: a first impression
  --core N      the core that everything runs on; 1 if not given
  --json FILE   everything measured
  --svg FILE    a chart`;

/** @throws {Error} naming the option, the expectation and what it got */
export function readCompareOptions(argv: readonly string[]): CompareOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: "string", multiple: true },
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
      core: { type: "string", default: "1" },
      json: { type: "string" },
      svg: { type: "string" },
    },
  });
  return {
    classes: readOnly(values.only, IMAGE_CLASSES, ({ name }) => name),
    rounds: readRounds(values.rounds ?? (values.quick ? "3" : "7")),
    runMs: values.quick ? 60 : 250,
    quality: !values.quick,
    core: readCore(values.core),
    json: values.json,
    svg: values.svg,
  };
}

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
