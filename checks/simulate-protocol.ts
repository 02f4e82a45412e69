import { Command } from "commander";
import { messageOf } from "../contract/error-codes";
import { UPLOAD_TRIGGERS, type UploadTriggerKind } from "../contract/names";
import { MUTANTS } from "./protocol-simulation/mutants";
import { mutatedPipeline } from "./protocol-simulation/mutated-pipeline";
import { explain, firstViolation, runSchedule } from "./protocol-simulation/run-schedule";

const wholeNumber = (name: string) => (text: string) => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${name} must be an integer from 1 to 999999999, got "${text}"`);
};

/** Every other seed one of them, unless one is named. */
function triggerOf(text: string | undefined, seed: number): UploadTriggerKind {
  const trigger = text === undefined ? UPLOAD_TRIGGERS[seed % UPLOAD_TRIGGERS.length] : text;
  const known = UPLOAD_TRIGGERS.find((one) => one === trigger);
  if (!known) throw new Error(`--trigger must be one of ${UPLOAD_TRIGGERS.join(", ")}, got "${text}"`);
  return known;
}

async function findMutants(firstSeed: number, schedules: number): Promise<void> {
  let survivors = 0;
  for (const mutant of MUTANTS) {
    const pipeline = mutatedPipeline(mutant);
    const found =
      (await firstViolation(firstSeed, schedules, pipeline)) ??
      (await firstViolation(firstSeed, schedules, pipeline, "queue"));
    if (!found) survivors += 1;
    const how = found
      ? `"${found.violation?.invariant}" is broken by seed ${found.seed}, ${found.trigger}`
      : "NOT FOUND";
    console.log(`${mutant.name}: ${how}`);
  }
  console.log(`${MUTANTS.length - survivors} of ${MUTANTS.length} mutants found`);
  if (survivors > 0) process.exitCode = 1;
}

/** Runs schedules with consecutive seeds; one schedule alone is printed step by step. */
async function simulate(): Promise<void> {
  const options = new Command("npm run simulate --")
    .description(
      "Runs the processing protocol and the operators' commands under random schedules of deliveries, faults and crashes, each decided by its seed, and " +
        "checks its invariants, with events that Lambda queues and with a queue of their own (half of the schedules each). Stops at " +
        "the first violation with its trace and exit code 1. One schedule alone is printed step by step: " +
        "npm run simulate -- --schedules 1 --seed 42 --trigger queue",
    )
    .option("--schedules <n>", "with consecutive seeds", wholeNumber("--schedules"), 20_000)
    .option("--seed <n>", "of the first", wholeNumber("--seed"), 1)
    .option("--trigger <kind>", `one of ${UPLOAD_TRIGGERS.join(", ")}; every other seed one of them if not given`)
    .option("--mutants", "plant defects in copies of the code, and look for the first schedule that finds each")
    .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
    .parse()
    .opts();
  const { schedules, seed: firstSeed, trigger } = options;
  if (options.mutants) return findMutants(firstSeed, schedules);
  const startedMs = performance.now();
  for (let seed = firstSeed; seed < firstSeed + schedules; seed += 1) {
    const outcome = await runSchedule(seed, undefined, undefined, triggerOf(trigger, seed));
    if (schedules === 1) console.log(await explain(outcome));
    if (!outcome.violation) continue;
    if (schedules > 1) console.log(await explain(outcome));
    process.exitCode = 1;
    return;
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${schedules} schedules from seed ${firstSeed}: no violation, ${seconds} s`);
}

simulate().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 2;
});
