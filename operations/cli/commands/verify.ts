import { MIN_AGE_SECONDS } from "../../backfill-age";
import { Pace } from "../../pace";
import {
  deleteUnreferenced,
  findUnreferencedPreviews,
  type ImageRepair,
  type PreviewDeletion,
  type Problem,
  repairImage,
  verifyRecords,
} from "../../verify";
import { visibleText } from "../../visible-text";
import type { ChangeOptions, CommandContext } from "../command-context";
import { confirm } from "../confirm";
import { EXIT, type ExitCode } from "../exit-code";
import { plural, showCount } from "../render/quantities";

export interface VerifyOptions extends ChangeOptions {
  readonly repair?: boolean;
  readonly user?: string;
  readonly since?: number;
  readonly rate: number;
}

const PLAN =
  "This has images with missing or wrong previews processed again, and deletes previews that no record names.";

export async function verify(options: VerifyOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, signal } = context;
  if (options.repair && !(await confirm(PLAN, options.yes, terminal))) return EXIT.notAll;
  const run = new Verification(options, context);
  try {
    for await (const finding of findings(options, context)) {
      if (signal.aborted) break;
      await run.take(finding);
    }
  } catch (error) {
    run.summarize(false);
    if (!signal.aborted) throw error;
    return EXIT.interrupted;
  }
  run.summarize(!signal.aborted);
  if (signal.aborted) return EXIT.interrupted;
  return run.problems > run.repaired ? EXIT.notAll : EXIT.done;
}

async function* findings({ user: userId, since }: VerifyOptions, { pipeline, signal }: CommandContext) {
  const unfinishedBefore = Math.floor(pipeline.clock.now() / 1000) - MIN_AGE_SECONDS;
  // First, so that an image that was completed in the very moment of a deletion is found below. Previews tell no time.
  if (userId === undefined && since === undefined) yield* findUnreferencedPreviews(pipeline, signal);
  yield* verifyRecords({ userId, since, unfinishedBefore }, pipeline, signal);
}

class Verification {
  problems = 0;
  repaired = 0;
  #checked = 0;
  /** The previews of an image are one repair. */
  #last: { readonly imageId: string; readonly repair: ImageRepair } | undefined;
  readonly #pace: Pace;

  constructor(
    private readonly options: VerifyOptions,
    private readonly context: CommandContext,
  ) {
    this.#pace = new Pace(options.rate);
  }

  async take(finding: Problem | "sound"): Promise<void> {
    const { terminal } = this.context;
    this.#checked += 1;
    terminal.progress(`${showCount(this.#checked)} checked, ${plural(this.problems, "problem")}`);
    if (finding === "sound") return;
    this.problems += 1;
    const result = this.options.repair ? await this.#repair(finding) : undefined;
    const repaired = result !== undefined && REPAIRED.includes(result);
    if (repaired) this.repaired += 1;
    if (this.options.json) terminal.out(JSON.stringify({ ...finding, repaired, ...(result && { outcome: result }) }));
    else terminal.out(`${describe(finding)}${result ? `: ${OUTCOMES[result]}` : ""}`);
  }

  summarize(isWhole: boolean): void {
    const { terminal } = this.context;
    const { problems, repaired } = this;
    terminal.progress("");
    const summary = { checked: this.#checked, problems, repaired, interrupted: !isWhole };
    const found = `${showCount(summary.checked)} checked, ${plural(problems, "problem")}, ${showCount(repaired)} repaired.`;
    if (this.options.json) terminal.out(JSON.stringify({ summary }));
    else terminal.out(isWhole ? found : `Stopped: ${found} The rest was not looked at.`);
  }

  async #repair(problem: Problem): Promise<ImageRepair | PreviewDeletion> {
    const { pipeline } = this.context;
    if (problem.kind === "unreferenced") return deleteUnreferenced(problem.key, pipeline);
    const { imageId } = problem;
    if (this.#last?.imageId !== imageId) {
      await this.#pace.next();
      this.#last = { imageId, repair: await repairImage(imageId, pipeline) };
    }
    return this.#last.repair;
  }
}

const REPAIRED: readonly (ImageRepair | PreviewDeletion)[] = [
  "reprocessed",
  "sound",
  "deleted",
  "absent",
  "referenced",
];

const OUTCOMES: Readonly<Record<ImageRepair | PreviewDeletion, string>> = {
  reprocessed: "repaired",
  sound: "repaired meanwhile",
  unknown: "deleted meanwhile",
  original_gone: "its original is gone, so that it cannot be processed again",
  completed: "left alone",
  failed_for_good: "left alone",
  in_progress: "is being processed: look again in a minute",
  changed: "changed meanwhile: look again",
  no_identity: "its record does not say which upload it is about",
  deleted: "repaired",
  absent: "deleted meanwhile",
  referenced: "in use again",
  too_young: "left alone, because an attempt that is under way may have written it",
};

function describe(problem: Problem): string {
  switch (problem.kind) {
    case "preview_missing":
      return `${problem.imageId} lacks ${visibleText(problem.key)}`;
    case "preview_differs":
      return `${problem.imageId} has another type or size of ${visibleText(problem.key)} than its record says`;
    case "unfinished":
      return `${problem.imageId} is not finished, and nothing works on it`;
    case "unreferenced":
      return `${visibleText(problem.key)} is named by no record`;
  }
}
