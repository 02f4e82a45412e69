import { UploadPlan } from "../../../checks/faults/upload-plan";
import type { Fault } from "../../../local/faults/fault";
import type { WireCall } from "../../../local/faults/wire-call";

const rates = { seed: 1, duplicates: 0.05, faults: 0.05, kills: 0.01 };
const plans = (seed: number, count: number, kill: (processId: number) => void = () => {}) =>
  Array.from({ length: count }, (_, number) => new UploadPlan(number, { ...rates, seed }, kill));
const summary = (plan: UploadPlan) => `${plan.repetition} ${plan.incidents.map(({ name }) => name)}`;

/** The requests of one attempt, each as often as the SDK may send it. */
const ATTEMPT: readonly WireCall[] = [
  { service: "dynamodb", operation: "UpdateItem", writes: "processing" },
  { service: "s3", operation: "GetObject" },
  ...["thumbnail", "small", "medium"].map((name) => ({
    service: "s3" as const,
    operation: "PutObject",
    key: `previews/a/${name}.jpg`,
  })),
  { service: "dynamodb" as const, operation: "UpdateItem", writes: "completed" },
].flatMap((call) => Array(4).fill({ resource: "", key: "a", processId: 7, ...call }));

describe("UploadPlan", () => {
  test("depends on number and seed alone", () => {
    expect(plans(1, 500).map(summary)).toEqual(plans(1, 500).map(summary));
    expect(plans(1, 500).map(summary)).not.toEqual(plans(2, 500).map(summary));
  });

  test("keeps to its rates", () => {
    const drawn = plans(1, 10_000);
    const killed = drawn.filter(({ incidents }) => incidents.some(({ name }) => name.startsWith("killed")));
    const repeated = drawn.filter(({ repetition }) => repetition !== "none");
    expect(Math.abs(repeated.length - 500)).toBeLessThan(100);
    expect(Math.abs(killed.length - 100)).toBeLessThan(40);
    expect(new Set(drawn.map(({ repetition }) => repetition))).toEqual(new Set(["none", "at once", "later"]));
  });

  test("lets every incident happen in the first attempt and nothing in the second", async () => {
    const killed: number[] = [];
    const missed: unknown[] = [];
    const late: unknown[] = [];
    for (const plan of plans(1, 3000, (processId) => void killed.push(processId))) {
      const faults = ATTEMPT.map((call) => plan.strike(call)).filter((fault): fault is Fault => fault !== undefined);
      for (const fault of faults) if (fault.kind === "holdReply") void fault.until();
      missed.push(...plan.incidents.filter(({ happened }) => !happened));
      late.push(...ATTEMPT.map((call) => plan.strike(call)).filter((fault) => fault !== undefined));
    }
    expect({ missed, late }).toEqual({ missed: [], late: [] });
    expect(killed.length).toBeGreaterThan(10);
    expect(new Set(killed)).toEqual(new Set([7]));
  });
});
