import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { Pipeline } from "../../operations/pipeline-clients";
import type { Photo } from "./photo";
import type { PipelineUnderTest } from "./pipeline-under-test";
import { simulatedPipeline } from "./simulated-aws-clients";
import { type CrashPlan, SimulatedInvocation } from "./simulated-invocation";
import type { SimulatedSystem } from "./simulated-system";

export interface Mood {
  /** Between looking at an image and acting on it. */
  readonly thinkMs: number;
  /** How long the operator's machine sleeps before the next request. */
  readonly pauseMs?: () => number;
  /** The operator's process dies at this request. */
  readonly crash?: CrashPlan;
}

/** Thinks for no time, and lives to the end. */
export const RESOLUTE: Mood = { thinkMs: 0 };

/** After so long an operator whose request hangs presses Ctrl-C twice. */
const PATIENCE_MS = 900_000;
/** No pause: the pace of requests is not what a simulation is about. */
const AT_ONCE = Number.POSITIVE_INFINITY;

type Work = (pipeline: Pipeline, code: PipelineUnderTest) => Promise<void>;

/** A person with the command line: each command is a process of its own that runs the code of `operations/`. */
export class Operator {
  #commands = 0;

  constructor(private readonly system: SimulatedSystem) {}

  delete({ imageId }: Photo, mood: Mood): void {
    this.#onRecord("delete", imageId, mood, async (record, pipeline, code) => {
      const result = await code.deleteImage(record, pipeline);
      this.#say(`deletes ${imageId.slice(0, 4)}: ${Object.values(result).join(" ")}`);
    });
  }

  reprocess({ imageId }: Photo, mood: Mood): void {
    this.#onRecord("reprocess", imageId, mood, async (record, pipeline, code) => {
      const result = await code.reprocessImage(record, { force: true }, pipeline);
      this.#say(`reprocesses ${imageId.slice(0, 4)}: ${Object.values(result).join(" ")}`);
    });
  }

  replay(mood: Mood): void {
    this.#run("replay", mood, async (pipeline, code) => {
      const { replayed, notUnderstood } = await code.replayDeadLetters({ perSecond: AT_ONCE }, pipeline);
      this.#say(`replays ${replayed} letters, leaves ${notUnderstood.length}`);
    });
  }

  backfill(prefix: string, minAgeSeconds: number | undefined, mood: Mood): void {
    this.#run("backfill", mood, async (pipeline, code) => {
      const nowMs = pipeline.clock.now();
      const age = await code.backfillAge({ minAgeSeconds }, pipeline);
      if (age.kind !== "allowed") return this.#say(`does not backfill: ${age.kind}`);
      const { signal } = new AbortController();
      const onDone = (key: string, outcome: string) => this.#say(`backfills ${key}: ${outcome}`);
      const uploadedBeforeMs = nowMs - age.seconds * 1000;
      await code.backfill({ prefix, uploadedBeforeMs, perSecond: AT_ONCE, dryRun: false, signal, onDone }, pipeline);
    });
  }

  /** In the order of `verify --repair`. */
  verify(mood: Mood): void {
    this.#run("verify", mood, async (pipeline, code) => {
      const { signal } = new AbortController();
      for await (const problem of code.findUnreferencedPreviews(pipeline, signal))
        if (problem !== "sound" && problem.kind === "unreferenced")
          this.#say(`finds ${problem.key}: ${await code.deleteUnreferenced(problem.key, pipeline)}`);
      const unfinishedBefore = Math.floor(pipeline.clock.now() / 1000) - 7_200;
      for await (const problem of code.verifyRecords({ unfinishedBefore }, pipeline, signal))
        if (problem !== "sound" && problem.kind !== "unreferenced")
          this.#say(`repairs ${problem.imageId.slice(0, 4)}: ${await code.repairImage(problem.imageId, pipeline)}`);
    });
  }

  #onRecord(
    name: string,
    imageId: string,
    mood: Mood,
    work: (record: ImageRecord, pipeline: Pipeline, code: PipelineUnderTest) => Promise<void>,
  ): void {
    this.#run(name, mood, async (pipeline, code) => {
      const record = await new code.ImageCatalogue(pipeline).find(imageId);
      if (!record) return;
      if (mood.thinkMs > 0) await pipeline.clock.wait(mood.thinkMs);
      await work(record, pipeline, code);
    });
  }

  #run(name: string, { crash, pauseMs = () => 0 }: Mood, work: Work): void {
    const { system } = this;
    this.#commands += 1;
    const process = new SimulatedInvocation(
      system.agenda,
      {
        name: `operator ${this.#commands} (${name})`,
        requestId: `command-${this.#commands}`,
        photos: [],
        timeLimitMs: PATIENCE_MS,
        clockSkewMs: system.operatorSkewMs,
        crash,
      },
      () => undefined,
    );
    work(simulatedPipeline(system, process, pauseMs), system.pipeline).then(
      () => process.end(),
      (error: unknown) => {
        this.#say(`fails: ${String(error)}`);
        if (process.causes.length === 0) system.invariants.operatorFailed(process.name, error);
        process.end();
      },
    );
  }

  #say(what: string): void {
    this.system.trace(() => `operator: ${what}`);
  }
}
