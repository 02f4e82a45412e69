import type { UploadTriggerKind } from "../../contract/names";
import type { Violation } from "./invariants";
import { RESOLUTE } from "./operator";
import { type PipelineUnderTest, realPipeline } from "./pipeline-under-test";
import { Random } from "./random";
import { deleteRest, planScenario, repair, reprocessUnfinished } from "./scenario";
import { SimulatedSystem } from "./simulated-system";

const LONGEST_TIME_LIMIT_MS = 300_000;
/** A lease counts as one for so long at most, whatever clock wrote its end. */
const LONGEST_LEASE_MS = 960_000;

export interface ScheduleOutcome {
  readonly seed: number;
  readonly trigger: UploadTriggerKind;
  readonly violation?: Violation;
}

/**
 * Runs one random schedule: faults and crashes until everything came to rest, then repairs, replays of what lies in the
 * dead letter queue, and rest again. The seed alone decides everything.
 * @param trace gets a line for every step
 */
export async function runSchedule(
  seed: number,
  pipeline: PipelineUnderTest = realPipeline,
  trace?: (line: string) => void,
  trigger: UploadTriggerKind = "lambda",
): Promise<ScheduleOutcome> {
  const random = new Random(seed);
  const timeLimitMs = random.pick([30_000, 30_000, 10_000, LONGEST_TIME_LIMIT_MS]);
  const system = new SimulatedSystem({
    trigger,
    random,
    pipeline,
    timeLimitMs,
    trace: trace ?? (() => undefined),
    traced: !!trace,
  });
  planScenario(system, random);
  await system.rest();
  if (!system.invariants.violation) await healAndReplay(system);
  return { seed, trigger, violation: system.invariants.violation };
}

async function healAndReplay(system: SimulatedSystem): Promise<void> {
  system.trace(() => "everything is repaired, and every dead letter replayed");
  repair(system);
  if (!system.invariants.clocksAgree) await replayAll(system, LONGEST_TIME_LIMIT_MS);
  system.unrecorded.clear();
  // By then every lease has ended: one whose clock was ahead counts for no longer, and did so at the first replay or before.
  await replayAll(system, system.invariants.clocksAgree ? LONGEST_TIME_LIMIT_MS : LONGEST_LEASE_MS);
  reprocessUnfinished(system);
  await system.rest();
  deleteRest(system);
  await system.rest();
  system.operator.verify(RESOLUTE);
  await system.rest();
  system.invariants.healed(system.table, system.buckets);
}

async function replayAll(system: SimulatedSystem, waitMs: number): Promise<void> {
  // Letters that are newer than the operator's clock are left for the next time.
  system.agenda.after(waitMs + Math.max(0, -system.operatorSkewMs), () => system.operator.replay(RESOLUTE));
  await system.rest();
}

export async function firstViolation(
  firstSeed: number,
  schedules: number,
  pipeline: PipelineUnderTest = realPipeline,
  trigger: UploadTriggerKind = "lambda",
): Promise<ScheduleOutcome | undefined> {
  for (let seed = firstSeed; seed < firstSeed + schedules; seed += 1) {
    const outcome = await runSchedule(seed, pipeline, undefined, trigger);
    if (outcome.violation) return outcome;
  }
  return undefined;
}

/** What happened under a seed, to be read by people. */
export async function explain(
  { seed, trigger, violation }: ScheduleOutcome,
  pipeline?: PipelineUnderTest,
): Promise<string> {
  const lines: string[] = [];
  await runSchedule(seed, pipeline, (line) => lines.push(line), trigger);
  return [
    `seed ${seed}, ${trigger}: ${violation?.invariant ?? "no violation"}`,
    violation?.detail ?? "",
    ...lines,
  ].join("\n");
}
