import { setTimeout } from "node:timers/promises";
import { Pace } from "../pace";
import type { CommandContext } from "./command-context";
import { EXIT, type ExitCode } from "./exit-code";
import { plural, showCount } from "./render/quantities";

export interface Act {
  readonly done: boolean;
  readonly imageId: string;
  /** One word for programs. */
  readonly outcome: string;
  /** The same for people. */
  readonly sentence: string;
}

export interface ActOptions {
  readonly json?: boolean;
  /** Whether people see each success too, and not only what was not done. */
  readonly everyOne: boolean;
  readonly perSecond?: number;
  readonly total?: number;
  /** Past participle: `deleted`. */
  readonly verb: string;
}

/** Does the same to image after image and reports; Ctrl-C and failures leave a summary of what was done. */
export async function actOnEach<T>(
  items: AsyncIterable<T> | Iterable<T>,
  act: (item: T) => Promise<Act>,
  options: ActOptions,
  { terminal, signal }: Pick<CommandContext, "terminal" | "signal">,
): Promise<ExitCode> {
  const pace = new Pace(options.perSecond ?? 1000);
  const counts = { done: 0, notDone: 0 };
  const finish = (isWhole: boolean) => summarize(counts, isWhole, options, terminal);
  try {
    for await (const item of items) {
      if (!signal.aborted) await pace.next(signal).catch(() => {});
      if (signal.aborted) break;
      const result = await act(item);
      if (result.done) counts.done += 1;
      else counts.notDone += 1;
      report(result, options, terminal);
      terminal.progress(progressOf(counts.done + counts.notDone, options.total));
    }
  } catch (error) {
    if (!signal.aborted) {
      finish(false);
      throw error;
    }
  }
  finish(!signal.aborted);
  // Lets a signal that came with the last item be seen.
  await setTimeout(0);
  if (signal.aborted) return EXIT.interrupted;
  return counts.notDone > 0 ? EXIT.notAll : EXIT.done;
}

function report(act: Act, { json, everyOne }: ActOptions, terminal: CommandContext["terminal"]): void {
  const { done, imageId, outcome, sentence } = act;
  if (json) terminal.out(JSON.stringify({ imageId, done, outcome }));
  else if (everyOne || !done) terminal.out(`${imageId} ${sentence}`);
}

function summarize(
  { done, notDone }: { readonly done: number; readonly notDone: number },
  isWhole: boolean,
  { json, verb }: ActOptions,
  terminal: CommandContext["terminal"],
): void {
  terminal.progress("");
  const result = `${plural(done, "image")} ${verb}, ${showCount(notDone)} not.`;
  if (json) terminal.out(JSON.stringify({ summary: { done, notDone, interrupted: !isWhole } }));
  else terminal.out(isWhole ? result : `Stopped: ${result} The rest is as it was; the same command again goes on.`);
}

const progressOf = (count: number, total: number | undefined) =>
  total === undefined ? showCount(count) : `${showCount(count)} of ${showCount(total)}`;
