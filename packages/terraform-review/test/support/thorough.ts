/** More random inputs, and every row of tables whose rows are alike: set for every check of a change. */
const THOROUGH = process.env.THOROUGH_TESTS === "true";

/** The first rows of those that are alike; all of them in a thorough run. */
export const sampled = <T>(rows: readonly T[], quick: number): readonly T[] => (THOROUGH ? rows : rows.slice(0, quick));

/** How often a property whose inputs take long is tried. */
export const runsOf = (thorough: number): { readonly numRuns: number } => ({
  numRuns: THOROUGH ? thorough : Math.ceil(thorough / 8),
});

/** A test that takes long and seldom tells more than its neighbours. */
export const thoroughTest = THOROUGH ? test : test.skip;
