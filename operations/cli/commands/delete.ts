import { deleteImage } from "../../delete-image";
import { ImageCatalogue } from "../../image-catalogue";
import type { Pipeline } from "../../pipeline-clients";
import { type Act, actOnEach } from "../act-on-each";
import type { ChangeOptions, CommandContext } from "../command-context";
import { confirm } from "../confirm";
import { EXIT, type ExitCode, WrongUsage } from "../exit-code";
import { plural } from "../render/quantities";
import { visibleText } from "../render/visible-text";

export interface DeleteOptions extends ChangeOptions {
  readonly user?: string;
  readonly dryRun?: boolean;
}

export async function deleteImages(
  imageIds: readonly string[],
  options: DeleteOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { user, json } = options;
  if ((user === undefined) === (imageIds.length === 0)) throw new WrongUsage("delete needs either image ids or --user");
  const { pipeline, terminal, signal } = context;
  let total = imageIds.length;
  if (user !== undefined) for await (const _ of idsOfUser(user, pipeline, signal)) total += 1;
  if (total === 0) terminal.note("No image matches.");
  const whose = user === undefined ? "" : ` of user ${visibleText(user)}`;
  const plan = `This deletes ${plural(total, "image")}${whose} for good: originals in ${pipeline.sourceBucket}, previews, records.`;
  if (options.dryRun) terminal.note(`${plan} Nothing was done.`);
  if (options.dryRun || total === 0) {
    if (json) terminal.out(JSON.stringify({ summary: { wouldDelete: total, done: 0, notDone: 0 } }));
    return EXIT.done;
  }
  if (!(await confirm(plan, options.yes, terminal))) return EXIT.notAll;
  return actOnEach(
    user === undefined ? imageIds : idsOfUser(user, pipeline, signal),
    (imageId) => deleteOne(imageId, pipeline),
    { json, everyOne: user === undefined, total, verb: "deleted" },
    context,
  );
}

async function* idsOfUser(userId: string, pipeline: Pipeline, signal: AbortSignal) {
  for await (const { imageId } of new ImageCatalogue(pipeline).all({ userId }, signal)) yield imageId;
}

async function deleteOne(imageId: string, pipeline: Pipeline): Promise<Act> {
  const record = await new ImageCatalogue(pipeline).find(imageId);
  if (!record) return { imageId, done: false, outcome: "unknown", sentence: "is unknown, or deleted already" };
  const result = await deleteImage(record, pipeline);
  if (result.kind === "refused")
    return {
      imageId,
      done: false,
      outcome: result.reason,
      sentence: result.reason === "in_progress" ? "is being processed: try again in a minute" : "changed: look again",
    };
  const original = result.original === "kept" ? "; its original belongs to a newer upload and was kept" : "";
  return {
    imageId,
    done: true,
    outcome: result.original === "kept" ? "deleted_without_original" : "deleted",
    sentence: `is deleted, with ${plural(result.previews, "preview")}${original}`,
  };
}
