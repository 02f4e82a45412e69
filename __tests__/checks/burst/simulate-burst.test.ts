import { readFileSync } from "node:fs";
import { AWS_PRICES, dollarsPerCompleted, dollarsPerExpired } from "../../../checks/burst/burst-costs";
import { type Burst, burstTable, simulateBurst } from "../../../checks/burst/simulate-burst";

const HOUR = 3600;
const BURST: Burst = {
  trigger: "lambda",
  uploads: 1_000_000,
  durationSeconds: HOUR,
  concurrency: 100,
  secondsPerImage: 0.6,
  keptSeconds: HOUR,
};
const QUEUE = { trigger: "queue", keptSeconds: 10 * 86_400 } as const;

describe("simulateBurst", () => {
  test("works a backlog off at the rate of the concurrency", () => {
    const outcome = simulateBurst(BURST);
    // 1,000,000 images at 100 / 0.6 s; the last one waited behind a third of them.
    expect(outcome).toMatchObject({ completed: 1_000_000, expired: 0 });
    expect(outcome.doneSeconds).toBeCloseTo(6000, -1);
    expect(outcome.longestWaitSeconds).toBeCloseTo(2400, -1);
    expect(outcome.peakPerSecond).toBeCloseTo(100 / 0.6, 6);
  });

  test("lets Lambda give up what has waited for an hour", () => {
    const { completed, expired, doneSeconds, longestWaitSeconds } = simulateBurst({ ...BURST, concurrency: 10 });
    // Two hours at 10 / 0.6 s.
    expect(completed).toBeGreaterThan(119_900);
    expect(completed).toBeLessThanOrEqual(120_000);
    expect(completed + expired).toBe(1_000_000);
    expect(doneSeconds).toBeCloseTo(2 * HOUR, -1);
    expect(longestWaitSeconds).toBeLessThan(HOUR);
  });

  test("keeps everything in a queue, however long that takes", () => {
    const outcome = simulateBurst({ ...BURST, ...QUEUE, concurrency: 10 });
    expect(outcome).toMatchObject({ completed: 1_000_000, expired: 0 });
    // 60,000 s, and a moment for Lambda to get going.
    expect(outcome.doneSeconds).toBeGreaterThanOrEqual(60_000);
    expect(outcome.doneSeconds).toBeLessThan(60_030);
  });

  test("loses from a queue what outlives its retention", () => {
    const outcome = simulateBurst({ ...BURST, ...QUEUE, concurrency: 10, keptSeconds: 8 * HOUR });
    // Nine hours at 10 / 0.6 s.
    expect(outcome.completed).toBeGreaterThan(539_000);
    expect(outcome.completed).toBeLessThanOrEqual(540_000);
  });

  test("never waits where the concurrency is enough", () => {
    const outcome = simulateBurst({ ...BURST, concurrency: 1000 });
    expect(outcome.longestWaitSeconds).toBeLessThan(3);
    expect(outcome.doneSeconds).toBe(HOUR);
  });

  test("reads a queue with five at once in the beginning", () => {
    const { longestWaitSeconds } = simulateBurst({
      ...BURST,
      ...QUEUE,
      concurrency: 1000,
      uploads: 1000,
      durationSeconds: 1,
    });
    // 1,000 images at 5, 10, 15 ... at once: 25/3 a second more every second.
    expect(longestWaitSeconds).toBe(14);
  });
});

describe("what it costs", () => {
  const readme = readFileSync("README.md", "utf8");

  test("is the README's sum for a million images, without storage, metrics and alarms", () => {
    const rows = [
      ...readme.matchAll(/^\| (Lambda|S3 requests|DynamoDB writes|Logs|X-Ray)[^|]*\|.*\| \$([\d.]+) \| \$/gm),
    ];
    expect(rows).toHaveLength(6);
    const together = rows.reduce((sum, [, , dollars]) => sum + Number(dollars), 0);
    expect(1_000_000 * dollarsPerCompleted("lambda", 0.6)).toBeCloseTo(together, 1);
  });

  test("has the README's prices", () => {
    const { lambdaGigabyteSecond, lambdaStorageGigabyteSecond } = AWS_PRICES;
    for (const price of [lambdaGigabyteSecond.toFixed(10), lambdaStorageGigabyteSecond.toFixed(10)])
      expect(readme).toContain(`$${price}`);
    const perMillion = (dollars: number): string => `$${String(Number((dollars * 1e6).toPrecision(6)))}/M`;
    for (const name of ["s3Put", "dynamodbWriteUnit", "trace"] as const)
      expect(readme).toContain(perMillion(AWS_PRICES[name]));
    expect(readme).toContain("$0.20/M");
    expect(readme).toContain("$0.40/M");
    expect(readme).toContain(`$${AWS_PRICES.logsGigabyte.toFixed(2)}/GB`);
  });

  test("of a queue is three requests more", () => {
    expect(dollarsPerCompleted("queue", 0.6) - dollarsPerCompleted("lambda", 0.6)).toBeCloseTo(1.2e-6, 12);
  });

  test("of what expired is less than of what was done, and not nothing", () => {
    expect(dollarsPerExpired()).toBeGreaterThan(1e-5);
    expect(dollarsPerExpired()).toBeLessThan(dollarsPerCompleted("lambda", 0.6));
  });
});

test("the runbook shows what the program says", () => {
  const table = burstTable({
    uploads: 1_000_000,
    durationSeconds: HOUR,
    secondsPerImage: 0.6,
    concurrencies: [10, 100, 1000],
    keptSeconds: { lambda: HOUR, queue: QUEUE.keptSeconds },
  });
  expect(readFileSync("docs/runbook.md", "utf8")).toContain(table);
});
