import type { ErrorCode } from "../../lambda-src/pipeline/errors";
import { ImageCatalogue, type ImageFilter } from "../../operations/image-catalogue";
import type { Pipeline } from "../../operations/pipeline-clients";
import { type Refusal, reprocessImage } from "../../operations/reprocess";
import { type Act, actOnEach } from "../act-on-each";
import type { ChangeOptions, CommandContext } from "../command-context";
import { confirm } from "../confirm";
import { EXIT, type ExitCode, WrongUsage } from "../exit-code";
import { plural, showDuration } from "../render/quantities";

export interface ReprocessOptions extends ChangeOptions {
  readonly status?: ImageFilter["status"];
  readonly code?: ErrorCode;
  readonly user?: string;
  readonly since?: number;
  readonly until?: number;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly rate: number;
}

/** More than these are asked for. */
const UNASKED = 10;

export async function reprocess(
  imageIds: readonly string[],
  options: ReprocessOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { status, json, force = false } = options;
  if ((status === undefined) === (imageIds.length === 0))
    throw new WrongUsage("reprocess needs either image ids or --status");
  const { pipeline, terminal, signal } = context;
  const selected = imageIds.length > 0 ? imageIds : selectIds(options, pipeline, signal);
  const total = imageIds.length || (await count(selectIds(options, pipeline, signal)));
  if (total === 0) terminal.note("No image matches.");
  const plan = `This has ${plural(total, "image")} processed again${force ? ", completed ones and those that failed for good too" : ""}, ${options.rate} a second: ${showDuration(total / options.rate)}.`;
  if (options.dryRun) terminal.note(`${plan} Nothing was done.`);
  if (options.dryRun || total === 0) {
    if (json) terminal.out(JSON.stringify({ summary: { wouldProcess: total, done: 0, notDone: 0 } }));
    return EXIT.done;
  }
  const isLarge = imageIds.length === 0 || imageIds.length > UNASKED;
  if (isLarge && !(await confirm(plan, options.yes, terminal))) return EXIT.notAll;
  return actOnEach(
    selected,
    (imageId) => reprocessOne(imageId, force, pipeline),
    { json, everyOne: imageIds.length > 0, perSecond: options.rate, total, verb: "sent to be processed again" },
    context,
  );
}

async function* selectIds(
  { status, code, user, since, until }: ReprocessOptions,
  pipeline: Pipeline,
  signal: AbortSignal,
) {
  for await (const record of new ImageCatalogue(pipeline).all({ status, userId: user, since, until }, signal))
    if (code === undefined || record.errorCode === code) yield record.imageId;
}

async function count(items: AsyncIterable<unknown>): Promise<number> {
  let total = 0;
  for await (const _ of items) total += 1;
  return total;
}

async function reprocessOne(imageId: string, force: boolean, pipeline: Pipeline): Promise<Act> {
  const record = await new ImageCatalogue(pipeline).find(imageId);
  if (!record) return { imageId, done: false, outcome: "unknown", sentence: "is unknown" };
  const result = await reprocessImage(record, { force }, pipeline);
  return result.kind === "invoked"
    ? { imageId, done: true, outcome: "invoked", sentence: "is processed again" }
    : { imageId, done: false, outcome: result.reason, sentence: SENTENCES[result.reason] };
}

const SENTENCES: Readonly<Record<Refusal, string>> = {
  completed: "is completed: --force processes it again",
  failed_for_good: "failed for good: --force tries again",
  in_progress: "is being processed: try again in a minute",
  changed: "changed meanwhile: look again",
  no_identity: "has a record that does not say which upload it is about",
};
