import { Command } from "commander";
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

/** @throws {Error} naming the option, the expectation and what it got */
export function readCompareOptions(argv: readonly string[]): CompareOptions {
  const { only, rounds, quick, core, json, svg } = measuringCommand(
    "npm run bench",
    "Measures the image work beside other ways to do it: CPU, wall time, memory, bytes and quality of each, in turns on one " +
      "core. With all peers it takes a quarter of an hour; what is missing is named.",
  )
    .option("--rounds <n>", "rounds over all candidates, odd, at least 3 (default: 7)", readRounds)
    .option("--only <class>", `one of ${IMAGE_CLASSES.map(({ name }) => name).join(", ")}; may be repeated`, collect)
    .option("--quick", "three short rounds and no quality: a first impression", false)
    .option("--svg <file>", "a chart")
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parse(argv, { from: "user" })
    .opts();
  return {
    classes: readOnly(only, IMAGE_CLASSES, ({ name }) => name),
    rounds: rounds ?? (quick ? 3 : 7),
    runMs: quick ? 60 : 250,
    quality: !quick,
    core,
    json,
    svg,
  };
}

/** What all measurements take. */
export const measuringCommand = (name: string, description: string): Command =>
  new Command(`${name} --`)
    .description(description)
    .option("--core <n>", "the core that everything runs on", readCore, 1)
    .option("--json <file>", "everything measured");

/** Values of an option that may be repeated. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Odd, so that a median is one of the rounds. @throws {Error} naming the option, the expectation and what it got */
export function readRounds(text: string): number {
  const rounds = Number(text);
  if (/^\d{1,3}$/.test(text) && rounds >= 3 && rounds % 2 === 1) return rounds;
  throw new Error(`--rounds must be an odd integer from 3 to 999, got ${JSON.stringify(text)}`);
}

/** @throws {Error} naming the option, the expectation and what it got */
function readCore(text: string): number {
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
