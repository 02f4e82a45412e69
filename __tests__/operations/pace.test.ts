import { Pace } from "../../operations/pace";

/** A clock that stands still unless somebody waits. */
let now = 0;
jest.mock("node:timers/promises", () => ({
  setTimeout: (ms: number, _: unknown, { signal }: { signal?: AbortSignal }) => {
    signal?.throwIfAborted();
    now += ms;
    return Promise.resolve();
  },
}));
beforeEach(() => {
  now = 1000;
  jest.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => jest.restoreAllMocks());

async function timesOf(pace: Pace, count: number, workMs: (n: number) => number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    await pace.next();
    times.push(now - 1000);
    now += workMs(n);
  }
  return times;
}

describe("Pace", () => {
  test("comes at its rate from the first call on", async () => {
    expect(await timesOf(new Pace(10), 4, () => 0)).toEqual([0, 100, 200, 300]);
  });

  test("is not slowed down by the work between", async () => {
    expect(await timesOf(new Pace(10), 4, () => 60)).toEqual([0, 100, 200, 300]);
    now = 1000;
    const times = await timesOf(new Pace(100), 1000, (n) => (n % 50 === 0 ? 300 : 1));
    expect(times.at(-1)).toBeLessThan(10_100);
  });

  test("makes up for five seconds and no more after a stall", async () => {
    const times = await timesOf(new Pace(10), 60, (n) => (n === 0 ? 60_000 : 0));
    expect(times.filter((time) => time === 60_000)).toHaveLength(51);
  });

  test("ends with its signal", async () => {
    const pace = new Pace(10);
    await pace.next(AbortSignal.abort()).catch(() => {});
    await expect(pace.next(AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
  });
});
