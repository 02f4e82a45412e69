import type { ErrorCode } from "../../../contract/error-codes";
import type { ImageRecord } from "../../../lambda-src/records/image-record";
import { ImageCatalogue, type ImageFilter } from "../../image-catalogue";
import { isRetryable } from "../../image-progress";
import type { Pipeline } from "../../pipeline-clients";
import { type Refusal, reprocessImage } from "../../reprocess";
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
  const { status, json, force = false, rate } = options;
  if ((status === undefined) === (imageIds.length === 0))
    throw new WrongUsage("reprocess needs either image ids or --status");
  if (status === "completed" && !force) throw new WrongUsage("completed images are processed again only with --force");
  const { pipeline, terminal, signal } = context;
  const total = imageIds.length || (await countSelected(options, context));
  const plan = `This has ${plural(total, "image")} processed again, ${rate} a second: ${showDuration(total / rate)}.`;
  if (options.dryRun) terminal.note(`${plan} Nothing was done.`);
  if (options.dryRun || total === 0) {
    if (json) terminal.out(JSON.stringify({ summary: { wouldProcess: total, done: 0, notDone: 0 } }));
    return EXIT.done;
  }
  const isLarge = imageIds.length === 0 || imageIds.length > UNASKED;
  if (isLarge && !(await confirm(plan, options.yes, terminal))) return EXIT.notAll;
  return actOnEach(
    imageIds.length > 0 ? imageIds : selectIds(options, pipeline, signal),
    (imageId) => reprocessOne(imageId, force, pipeline),
    { json, everyOne: imageIds.length > 0, perSecond: rate, total, verb: "sent to be processed again" },
    context,
  );
}

async function* select(options: ReprocessOptions, pipeline: Pipeline, signal: AbortSignal) {
  const { status, code, user: userId, since, until } = options;
  for await (const record of new ImageCatalogue(pipeline).all({ status, userId, since, until }, signal))
    if (code === undefined || record.errorCode === code) yield record;
}

const isLeftAlone = ({ processingStatus, errorCode }: ImageRecord, force = false): boolean =>
  !force && processingStatus === "failed" && !isRetryable(errorCode);

async function* selectIds(options: ReprocessOptions, pipeline: Pipeline, signal: AbortSignal) {
  for await (const record of select(options, pipeline, signal))
    if (!isLeftAlone(record, options.force)) yield record.imageId;
}

/** How many will be processed; says how many will not. */
async function countSelected(
  options: ReprocessOptions,
  { pipeline, terminal, signal }: CommandContext,
): Promise<number> {
  let total = 0;
  let leftAlone = 0;
  for await (const record of select(options, pipeline, signal))
    if (isLeftAlone(record, options.force)) leftAlone += 1;
    else total += 1;
  if (leftAlone > 0) terminal.note(`${plural(leftAlone, "image")} failed for good: --force tries those again too.`);
  if (total + leftAlone === 0) terminal.note("No image matches.");
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
