import { type BackfillOutcome, backfill } from "../../backfill";
import { backfillAge } from "../../backfill-age";
import { countUploads } from "../../listed-objects";
import { visibleText } from "../../visible-text";
import { type BackfillState, BackfillStateFile, NO_COUNTS } from "../backfill-state";
import type { ChangeOptions, CommandContext } from "../command-context";
import { confirm } from "../confirm";
import { EXIT, type ExitCode, WrongUsage } from "../exit-code";
import { progressBar } from "../render/progress-bar";
import { plural, showCount, showDuration } from "../render/quantities";

export interface BackfillCommandOptions extends ChangeOptions {
  readonly prefix: string;
  readonly olderThan?: number;
  readonly minAge?: number;
  readonly rate: number;
  readonly state?: string;
  readonly restart?: boolean;
  readonly dryRun?: boolean;
}

const SAVE_EVERY_MS = 1000;

export async function backfillObjects(options: BackfillCommandOptions, context: CommandContext): Promise<ExitCode> {
  const { pipeline, terminal, signal } = context;
  const { prefix, rate, dryRun = false } = options;
  const uploadedBeforeMs = await latestUploadMs(options, context);
  if (uploadedBeforeMs === undefined) return EXIT.notAll;
  const file = new BackfillStateFile(options.state ?? `.local/backfill-${pipeline.sourceBucket}.json`);
  const before = dryRun || options.restart ? undefined : file.read(pipeline.sourceBucket, prefix);
  if (before) terminal.note(`Goes on behind ${visibleText(before.doneUpTo)}.`);

  const listing = { prefix, startAfter: before?.doneUpTo, signal };
  const total = await countUploads(listing, pipeline, (count) =>
    terminal.progress(`${plural(count, "object")} counted`),
  );
  terminal.progress("");
  const plan = `This looks at ${plural(total, "object")} under ${prefix} in ${pipeline.sourceBucket} and sends those without a record to ${pipeline.processorName}, at most ${rate} a second: up to ${showDuration(total / rate)}.`;
  if (!dryRun && total > 0 && !(await confirm(plan, options.yes, terminal))) return EXIT.notAll;

  const run = new BackfillRun(file, before, total, options, context);
  try {
    const resumeAfter = before?.doneUpTo;
    const onDone = (key: string, outcome: BackfillOutcome) => run.done(key, outcome);
    const work = { prefix, uploadedBeforeMs, perSecond: rate, resumeAfter, dryRun, signal, onDone };
    await backfill(work, pipeline);
  } catch (error) {
    run.finish(false);
    throw error;
  }
  run.finish(!signal.aborted);
  return signal.aborted ? EXIT.interrupted : EXIT.done;
}

/** Epoch ms: objects of this time or before are looked at. Undefined when events of younger ones still wait. */
async function latestUploadMs(
  { olderThan, minAge }: BackfillCommandOptions,
  { pipeline, terminal, signal }: CommandContext,
): Promise<number | undefined> {
  const nowMs = pipeline.clock.now();
  const age = await backfillAge({ olderThanSeconds: olderThan, minAgeSeconds: minAge }, pipeline, signal);
  switch (age.kind) {
    case "allowed":
      return nowMs - age.seconds * 1000;
    case "too_young": {
      const [name, got] = olderThan === undefined ? ["--min-age", minAge] : ["--older-than", olderThan];
      const least = age.leastSeconds % 86_400 === 0 ? `${age.leastSeconds / 86_400}d` : `${age.leastSeconds / 3600}h`;
      throw new WrongUsage(`${name} must be at least ${least}, got ${got} s: younger objects may still be processed`);
    }
    case "queue_not_empty":
      terminal.note(
        `Nothing was done: ${plural(age.messages, "message")} in the upload queue. While any wait, objects must be older than the queue keeps messages: ${showDuration(age.leastSeconds)}.`,
      );
      return undefined;
  }
}

class BackfillRun {
  readonly #counts: Record<BackfillOutcome, number>;
  readonly #startedAtMs = performance.now();
  #done = 0;
  #sent = 0;
  #state: BackfillState | undefined;
  #savedAtMs = 0;

  constructor(
    private readonly file: BackfillStateFile,
    before: BackfillState | undefined,
    private readonly total: number,
    private readonly options: BackfillCommandOptions,
    private readonly context: CommandContext,
  ) {
    this.#state = before;
    this.#counts = { ...(before?.counts ?? NO_COUNTS) };
  }

  done(key: string, outcome: BackfillOutcome): void {
    this.#counts[outcome] += 1;
    this.#done += 1;
    if (outcome === "sent" || outcome === "resumed") this.#sent += 1;
    const { sourceBucket } = this.context.pipeline;
    this.#state = { sourceBucket, prefix: this.options.prefix, doneUpTo: key, counts: this.#counts };
    const now = performance.now();
    if (now - this.#savedAtMs >= SAVE_EVERY_MS) this.#save(now);
    this.#draw(now);
  }

  finish(isWhole: boolean): void {
    const { terminal } = this.context;
    terminal.progress("");
    if (isWhole && !this.options.dryRun) this.file.remove();
    else this.#save(performance.now());
    const elapsedSeconds = (performance.now() - this.#startedAtMs) / 1000;
    const { dryRun = false, json } = this.options;
    if (json) {
      const result = { ...this.#counts, dryRun, interrupted: !isWhole, seconds: Number(elapsedSeconds.toFixed(1)) };
      terminal.out(JSON.stringify(result));
    } else
      terminal.out(`${isWhole ? "" : "Stopped: "}${this.#sentence(dryRun, elapsedSeconds)}${this.#advice(isWhole)}`);
  }

  #sentence(dryRun: boolean, elapsedSeconds: number): string {
    const { sent, resumed, known, too_young: young, archived } = this.#counts;
    const rest = [
      `${showCount(known)} had a record`,
      ...(young > 0 ? [`${showCount(young)} were too young`] : []),
      ...(archived > 0 ? [`${showCount(archived)} lie in an archive and must be restored first`] : []),
    ].join(", ");
    const again = resumed > 0 ? ` (${showCount(resumed)} of them again)` : "";
    const time = dryRun ? "" : ` in ${showDuration(elapsedSeconds)}`;
    return `${plural(sent + resumed, "object")} ${dryRun ? "would be sent" : "sent"}${again}${time}; ${rest}.`;
  }

  #advice(isWhole: boolean): string {
    if (isWhole || this.options.dryRun) return "";
    return ` Not done: ${plural(Math.max(this.total - this.#done, 0), "object")}; the same command again goes on.`;
  }

  #save(now: number): void {
    if (this.options.dryRun || !this.#state) return;
    this.file.write(this.#state);
    this.#savedAtMs = now;
  }

  #draw(now: number): void {
    const { terminal } = this.context;
    const elapsedSeconds = (now - this.#startedAtMs) / 1000;
    const progress = { done: this.#done, total: this.total, sent: this.#sent, elapsedSeconds };
    terminal.progress(progressBar(progress, terminal.columns ?? 80));
  }
}
