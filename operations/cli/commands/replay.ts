import { countDeadLetters } from "../../dead-letter-queue";
import { discardDeadLetters } from "../../discard";
import { type ReplayOutcome, replayDeadLetters } from "../../replay";
import { visibleText } from "../../visible-text";
import type { ChangeOptions, CommandContext } from "../command-context";
import { confirm } from "../confirm";
import { EXIT, type ExitCode } from "../exit-code";
import { plural, showCount, showDuration } from "../render/quantities";

export interface ReplayOptions extends ChangeOptions {
  readonly max?: number;
  readonly rate: number;
  readonly dryRun?: boolean;
  /** Ids of messages to delete instead. */
  readonly discard?: readonly string[];
}

export async function replay(options: ReplayOptions, context: CommandContext): Promise<ExitCode> {
  const { pipeline, terminal, signal } = context;
  const { max, rate, json } = options;
  if (options.discard) return discard(options.discard, options, context);
  const waiting = await countDeadLetters(pipeline, signal);
  const count = Math.min(waiting, max ?? waiting);
  const plan = `This sends ${plural(count, "dead letter")} of ${showCount(waiting)} to ${pipeline.processorName} again, ${rate} a second: ${showDuration(count / rate)}.`;
  if (count === 0) terminal.note("No dead letter waits (one that was received in the last minutes is hidden).");
  if (count > 0 && options.dryRun) terminal.note(`${plan} Nothing was done.`);
  if (count === 0 || options.dryRun) {
    if (json) terminal.out(JSON.stringify({ waiting, replayed: 0, notUnderstood: [] }));
    return EXIT.done;
  }
  if (!(await confirm(plan, options.yes, terminal))) return EXIT.notAll;
  return run(options, context);
}

async function run({ max, rate, json }: ReplayOptions, context: CommandContext): Promise<ExitCode> {
  const { pipeline, terminal, signal } = context;
  let replayed = 0;
  const notUnderstood: string[] = [];
  const summarize = (isWhole: boolean) => {
    terminal.progress("");
    if (json) return terminal.out(JSON.stringify({ replayed, notUnderstood, interrupted: !isWhole }));
    for (const id of notUnderstood)
      terminal.out(
        `message ${visibleText(id)} cannot be processed and stays in the queue: replay --discard deletes it`,
      );
    const result = `${plural(replayed, "dead letter")} replayed, ${showCount(notUnderstood.length)} not understood.`;
    terminal.out(isWhole ? result : `Stopped: ${result} The others stay in the queue; the same command again goes on.`);
  };
  const onMessage = (messageId: string, outcome: ReplayOutcome) => {
    if (outcome === "replayed") replayed += 1;
    else notUnderstood.push(messageId);
    terminal.progress(`${showCount(replayed)} replayed`);
  };
  try {
    await replayDeadLetters({ max, perSecond: rate, signal, onMessage }, pipeline);
  } catch (error) {
    summarize(false);
    throw error;
  }
  summarize(!signal.aborted);
  if (signal.aborted) return EXIT.interrupted;
  return notUnderstood.length > 0 ? EXIT.notAll : EXIT.done;
}

async function discard(
  messageIds: readonly string[],
  { dryRun, yes, json }: ReplayOptions,
  { pipeline, terminal, signal }: CommandContext,
): Promise<ExitCode> {
  const wanted = [...new Set(messageIds)];
  const plan = `This deletes ${plural(wanted.length, "dead letter")} without processing what is in them.`;
  if (dryRun) {
    terminal.note(`${plan} Nothing was done.`);
    return EXIT.done;
  }
  if (!(await confirm(plan, yes, terminal))) return EXIT.notAll;
  const discarded = await discardDeadLetters(wanted, pipeline, signal);
  const notFound = wanted.filter((id) => !discarded.includes(id));
  if (json) terminal.out(JSON.stringify({ discarded, notFound }));
  else {
    for (const id of notFound)
      terminal.out(`message ${visibleText(id)} is not in the queue, or was received in the last minutes`);
    terminal.out(`${plural(discarded.length, "dead letter")} discarded, ${showCount(notFound.length)} not found.`);
  }
  if (signal.aborted) return EXIT.interrupted;
  return notFound.length > 0 ? EXIT.notAll : EXIT.done;
}
