/**
 * Set by `npm run test:thorough` and by every check of a change: runs every fault, each with a queue too, and more random
 * inputs. `npm test` takes one of those that are alike, so that it stays something one runs.
 */
export const THOROUGH = process.env.THOROUGH_TESTS === "true";

/** Of rows that are alike the first ones, in a thorough run all. */
export const sampled = <T>(rows: readonly T[], quick: number): readonly T[] => (THOROUGH ? rows : rows.slice(0, quick));

/** How often a property whose inputs take long is tried. */
export const runsOf = (thorough: number): { readonly numRuns: number } => ({
  numRuns: THOROUGH ? thorough : Math.ceil(thorough / 8),
});

/** Takes long and seldom tells more than its neighbours: skipped aloud in a quick run. */
export const thoroughTest = THOROUGH ? test : test.skip;
/** The same, at once with its neighbours. */
export const thoroughScenario = THOROUGH ? test.concurrent : test.skip;
