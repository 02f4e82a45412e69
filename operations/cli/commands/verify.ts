import { MIN_AGE_SECONDS } from "../../backfill";
import { ImageCatalogue } from "../../image-catalogue";
import { Pace } from "../../pace";
import { reprocessImage } from "../../reprocess";
import { deletePreview, findUnreferencedPreviews, type Problem, verifyRecords } from "../../verify";
import type { ChangeOptions, CommandContext } from "../command-context";
import { confirm } from "../confirm";
import { EXIT, type ExitCode } from "../exit-code";
import { plural, showCount } from "../render/quantities";
import { visibleText } from "../render/visible-text";

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
  const unfinishedBefore = Math.floor(Date.now() / 1000) - MIN_AGE_SECONDS;
  yield* verifyRecords({ userId, since, unfinishedBefore }, pipeline, signal);
  // Previews tell neither user nor time.
  if (userId === undefined && since === undefined) yield* findUnreferencedPreviews(pipeline, signal);
}

class Verification {
  problems = 0;
  repaired = 0;
  #checked = 0;
  /** The three previews of an image are one repair. */
  #lastRepaired: string | undefined;
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
    const repaired = this.options.repair ? await this.#repair(finding) : false;
    if (repaired) this.repaired += 1;
    if (this.options.json) terminal.out(JSON.stringify({ ...finding, repaired }));
    else terminal.out(`${describe(finding)}${repaired ? ": repaired" : ""}`);
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

  async #repair(problem: Problem): Promise<boolean> {
    const { pipeline } = this.context;
    if (problem.kind === "unreferenced") {
      await deletePreview(problem.key, pipeline);
      return true;
    }
    const { imageId } = problem;
    if (this.#lastRepaired === imageId) return true;
    const record = await new ImageCatalogue(pipeline).find(imageId);
    if (!record) return false;
    await this.#pace.next();
    const { kind } = await reprocessImage(record, { force: true }, pipeline);
    if (kind === "invoked") this.#lastRepaired = imageId;
    return kind === "invoked";
  }
}

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
