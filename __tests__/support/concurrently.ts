type Row<T> = [T] extends [readonly unknown[]] ? { -readonly [K in keyof T]: T[K] } : [T];

const AT_ONCE = 5;
const waiting: (() => Promise<void>)[] = [];

beforeAll(() => {
  for (let lane = 0; lane < AT_ONCE; lane += 1) void workOff();
});

async function workOff(): Promise<void> {
  for (let begin = waiting.shift(); begin; begin = waiting.shift()) await begin();
}

/** What becomes of the work, once its turn has come. */
function outcomeOf(work: () => Promise<unknown>): () => Promise<unknown> {
  const outcome = new Promise((resolve, reject) => {
    waiting.push(() => work().then(resolve, reject));
  });
  // Told by the test that waits for it.
  outcome.catch(() => undefined);
  return () => outcome;
}

/**
 * `test.concurrent` without its asynchronous context, which makes every promise dearer in all that the worker runs later: the
 * works of a file begin before its first test, five at a time, and each test waits for its own.
 */
export function concurrently(name: string, work: () => Promise<unknown>): void {
  test(name, outcomeOf(work));
}

/** The same for each row of a table, with the names of `test.each`. */
concurrently.each =
  <T>(rows: readonly T[]) =>
  (name: string, work: (...row: Row<T>) => Promise<unknown>): void => {
    for (const row of rows) {
      const values = (Array.isArray(row) ? row : [row]) as Row<T>;
      test.each([values])(
        name,
        outcomeOf(() => work(...values)),
      );
    }
  };
