import { MUTANTS } from "../../../checks/protocol-simulation/mutants";
import { mutatedPipeline } from "../../../checks/protocol-simulation/mutated-pipeline";
import { explain, firstViolation, runSchedule } from "../../../checks/protocol-simulation/run-schedule";
import { UPLOAD_TRIGGERS } from "../../../contract/names";
import { sampled, THOROUGH, thoroughTest } from "../../support/thorough";

// Nothing here waits, but a loaded machine takes its time.
jest.setTimeout(120_000);

const FIRST_SEED = 1;
/** `npm run simulate` runs as many as one likes, and every check of a change 20,000. */
const SCHEDULES = THOROUGH ? 1_500 : 100;
const QUEUE_SCHEDULES = THOROUGH ? 500 : 50;
const SCHEDULES_PER_MUTANT = 2_500;

describe("the processing protocol", () => {
  test(`holds in ${SCHEDULES} random schedules`, async () => {
    const violated = await firstViolation(FIRST_SEED, SCHEDULES);
    // The explanation names the seed: `explain` and the simulate command replay it alone.
    expect(violated && (await explain(violated))).toBeUndefined();
  });

  test(`holds in ${QUEUE_SCHEDULES} of them with a queue`, async () => {
    const violated = await firstViolation(FIRST_SEED, QUEUE_SCHEDULES, undefined, "queue");
    expect(violated && (await explain(violated))).toBeUndefined();
  });

  test("goes the same way whenever a seed is replayed", async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 20; seed += 1)
      for (const trigger of UPLOAD_TRIGGERS)
        expect(await explain({ seed, trigger })).toBe(await explain({ seed, trigger }));
  });

  thoroughTest("meets everything that the schedules are about", async () => {
    const lines: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 400; seed += 1)
      await runSchedule(seed, undefined, (line) => lines.push(line));
    const history = lines.join("\n");
    const unmet = EVENTS.filter((event) => !history.includes(event));
    expect(unmet).toEqual([]);
  });
});

/** Words of the traces. */
const EVENTS = [
  ...["completed", "image_rejected", "retryable", "duplicate_skipped", "in_progress"].map((word) => `logs ${word}`),
  ...["fenced", "ignored", "malformed_event", "recorded_failed", "recorder_noop"].map((word) => `logs ${word}`),
  "logs duplicate_skipped reply_lost",
  ...["deadline", "s3_error", "access_denied", "dynamodb_error"].map((reason) => `logs retryable ${reason}`),
  ...["timeout", "runtime_crash", "event_age_exceeded", "retries_exhausted", "s3_error"].map(
    (reason) => `logs recorded_failed ${reason}`,
  ),
  ...["decode_error", "invalid_key", "source_not_found", "superseded"].map((reason) => `logs image_rejected ${reason}`),
  "crashes before GET",
  "crashes before PUT",
  "crashes before processing",
  "crashes before completed",
  "crashes after sending processing",
  "crashes after sending completed",
  "crashes after sending pending",
  "crashes after sending failed",
  "is dead: Sandbox.Timedout",
  "-> reply lost",
  "-> aborted",
  "(sender is dead)",
  "is given up: RetriesExhausted",
  "is given up: EventAgeExceeded",
  "recorder request-",
  ...["deletes", "reprocesses", "replays", "finds", "repairs", "backfills", "fails"].map((word) => `operator: ${word}`),
  ...["deleted deleted", "deleted kept", "refused in_progress", "refused changed"].map((result) => `: ${result}`),
  ...["deleted", "too_young", "referenced"].map((result) => `.jpg: ${result}`),
  ...["HeadObject", "UpdateItem", "DeleteObject", "DeleteItem"].map((request) => `) crashes before ${request}`),
];

/** What message ids as owners and the other way to the recorder could change. */
const ALSO_WITH_A_QUEUE = [
  "results are written without the attempt",
  "a live lease can be taken over",
  "a claim does not count its attempt",
  "the recorder overwrites whatever it finds",
  "the recorder overwrites another owner's lease",
  "the recorder leaves processing alone",
  "the recorder leaves pending alone",
  "the recorder hides that the table did not answer",
];

describe("a defect of the protocol is caught", () => {
  test("and a copy without a defect is not", async () => {
    const copy = mutatedPipeline({ name: "none", module: "operations/verify", mutate: () => ({}) });
    const violated = await firstViolation(FIRST_SEED, 40, copy);
    expect(violated && (await explain(violated, copy))).toBeUndefined();
  });

  const caught: string[] = [];

  const ofOperations = MUTANTS.filter(({ module }) => module.startsWith("operations/"));
  const ofRecords = MUTANTS.filter((each) => !ofOperations.includes(each));
  test.each([...sampled(ofRecords, 4), ...sampled(ofOperations, 3)])(
    "$name",
    async (mutant) => {
      const copy = mutatedPipeline(mutant);
      const violated =
        (await firstViolation(FIRST_SEED, SCHEDULES_PER_MUTANT, copy)) ??
        (await firstViolation(FIRST_SEED, SCHEDULES_PER_MUTANT, copy, "queue"));
      expect(violated?.violation).toBeDefined();
      caught.push(`${mutant.name}: "${violated?.violation?.invariant}" is broken by seed ${violated?.seed}`);
    },
    180_000,
  );

  const mutantsOfQueues = MUTANTS.filter(({ name }) => ALSO_WITH_A_QUEUE.includes(name));
  test.each(sampled(mutantsOfQueues, 2))("$name, with a queue", async (mutant) => {
    const violated = await firstViolation(FIRST_SEED, SCHEDULES_PER_MUTANT, mutatedPipeline(mutant), "queue");
    expect(violated?.violation).toBeDefined();
  });

  afterAll(() => process.stdout.write(`${caught.join("\n")}\n`));
});
