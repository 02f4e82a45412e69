import type { Upload } from "../../../lambda-src/records/upload-event";
import { deleteImage } from "../../delete-image";
import { discardLettersOfDeleted, type LettersOfDeleted } from "../../discard";
import { headObject } from "../../head-object";
import { ImageCatalogue } from "../../image-catalogue";
import type { Pipeline } from "../../pipeline-clients";
import {
  deleteObject,
  deleteOrphanedPreviews,
  findOrphanedPreviews,
  listEverything,
  type OrphanedPreviews,
  prefixOfUser,
} from "../../user-objects";
import { visibleText } from "../../visible-text";
import { type Act, actOnEach } from "../act-on-each";
import type { ChangeOptions, CommandContext } from "../command-context";
import { confirm } from "../confirm";
import { EXIT, type ExitCode, WrongUsage } from "../exit-code";
import { plural } from "../render/quantities";

export interface DeleteOptions extends ChangeOptions {
  readonly user?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export async function deleteImages(
  imageIds: readonly string[],
  options: DeleteOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { user } = options;
  if ((user === undefined) === (imageIds.length === 0)) throw new WrongUsage("delete needs either image ids or --user");
  if (user === undefined) return deleteByIds(imageIds, options, context);
  if (user === "" || user.includes("/"))
    throw new WrongUsage(`--user must be one segment of a key, got "${visibleText(user)}"`);
  return new UserDeletion(user, options, context).run();
}

async function deleteByIds(
  imageIds: readonly string[],
  options: DeleteOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { pipeline, terminal } = context;
  const { json, force } = options;
  const total = imageIds.length;
  const plan = `This deletes ${plural(total, "image")} for good: originals in ${pipeline.sourceBucket}, previews, records.`;
  if (options.dryRun) {
    terminal.note(`${plan} Nothing was done.`);
    if (json) terminal.out(JSON.stringify({ summary: { wouldDelete: total, done: 0, notDone: 0 } }));
    return EXIT.done;
  }
  if (!(await confirm(plan, options.yes, terminal))) return EXIT.notAll;
  const deleted = new Set<string>();
  const code = await actOnEach(
    imageIds,
    (imageId) => deleteOne(imageId, force, pipeline, deleted),
    { json, everyOne: true, total, verb: "deleted" },
    context,
  );
  if (code !== EXIT.interrupted && deleted.size > 0)
    await discardLetters(async ({ imageId }) => deleted.has(imageId), options, context);
  return code;
}

/** Everything of one user: images, what else lies under the prefix, previews whose record has expired, dead letters. */
class UserDeletion {
  readonly #prefix: string | undefined;
  readonly #deleted = new Set<string>();
  #unattributed = 0;

  constructor(
    private readonly user: string,
    private readonly options: DeleteOptions,
    private readonly context: CommandContext,
  ) {
    this.#prefix = prefixOfUser(user);
  }

  async run(): Promise<ExitCode> {
    const { terminal, signal } = this.context;
    const { json, dryRun, yes } = this.options;
    const images = await this.#countImages();
    const objects = await this.#countObjects();
    const orphans = await this.#findOrphans();
    const previews = orphans.reduce((sum, { keys }) => sum + keys.length, 0);
    terminal.progress("");
    const isNothing = images + objects + previews === 0;
    if (isNothing) terminal.note("No image matches.");
    const plan = this.#plan(images, objects, previews);
    if (dryRun && !isNothing) terminal.note(`${plan} Nothing was done.`);
    if (dryRun || isNothing) {
      const summary = { wouldDelete: images, objects, previews, unattributed: this.#unattributed, done: 0, notDone: 0 };
      if (json) terminal.out(JSON.stringify({ summary }));
      return this.#reportUnattributed(EXIT.done);
    }
    if (!(await confirm(plan, yes, terminal))) return EXIT.notAll;
    const code = await this.#deleteImages(images);
    if (code === EXIT.interrupted) return code;
    const left = await this.#deleteRest(orphans);
    if (signal.aborted) return EXIT.interrupted;
    await discardLetters((upload) => this.#isDeleted(upload), this.options, this.context);
    return this.#reportUnattributed(left > 0 ? EXIT.notAll : code);
  }

  #plan(images: number, objects: number, previews: number): string {
    const { sourceBucket } = this.context.pipeline;
    const of = `This deletes ${plural(images, "image")} of user ${visibleText(this.user)} for good: originals in ${sourceBucket}, previews, records.`;
    const under =
      this.#prefix === undefined
        ? ""
        : ` It empties ${visibleText(this.#prefix)}, of newer uploads too: ${plural(objects, "object")}.`;
    return `${of}${under}${previews > 0 ? ` It deletes ${plural(previews, "preview")} whose record has expired.` : ""}`;
  }

  async *#ids(): AsyncGenerator<string, void, void> {
    const { pipeline, signal } = this.context;
    for await (const { imageId } of new ImageCatalogue(pipeline).all({ userId: this.user }, signal)) yield imageId;
  }

  async #countImages(): Promise<number> {
    let count = 0;
    for await (const _ of this.#ids()) count += 1;
    return count;
  }

  async #countObjects(): Promise<number> {
    const { pipeline, terminal, signal } = this.context;
    let count = 0;
    if (this.#prefix === undefined) return count;
    for await (const page of listEverything(this.#prefix, pipeline, signal)) {
      count += page.length;
      terminal.progress(`${plural(count, "object")} counted`);
    }
    return count;
  }

  /** Those that nothing attributes are only counted: they may be of anybody, and many. */
  async #findOrphans(): Promise<readonly OrphanedPreviews[]> {
    const { pipeline, terminal, signal } = this.context;
    const orphans: OrphanedPreviews[] = [];
    if (this.#prefix === undefined) return orphans;
    terminal.progress("looking for previews whose record has expired");
    for await (const previews of findOrphanedPreviews(this.user, pipeline, signal))
      if (previews.owner === "user") orphans.push(previews);
      else this.#unattributed += previews.keys.length;
    return orphans;
  }

  #deleteImages(total: number): Promise<ExitCode> {
    const { pipeline } = this.context;
    // Whatever lies under the prefix goes in any case.
    const force = this.options.force || this.#prefix !== undefined;
    const act = (imageId: string) => deleteOne(imageId, force, pipeline, this.#deleted);
    const { json } = this.options;
    return actOnEach(this.#ids(), act, { json, everyOne: false, total, verb: "deleted" }, this.context);
  }

  /** @returns how many objects are under the prefix again, or still */
  async #deleteRest(orphans: readonly OrphanedPreviews[]): Promise<number> {
    const { pipeline, terminal, signal } = this.context;
    if (this.#prefix === undefined) return 0;
    let objects = 0;
    for await (const page of listEverything(this.#prefix, pipeline, signal))
      for (const object of page) {
        signal.throwIfAborted();
        await deleteObject(object, pipeline);
        objects += 1;
        terminal.progress(`${plural(objects, "object")} deleted`);
      }
    let previews = 0;
    for (const each of orphans) {
      signal.throwIfAborted();
      previews += await deleteOrphanedPreviews(each, pipeline);
    }
    const left = await this.#countObjects();
    terminal.progress("");
    if (this.options.json) terminal.out(JSON.stringify({ rest: { objects, previews, left } }));
    else if (objects + previews > 0)
      terminal.out(
        `${plural(objects, "object")} without an image and ${plural(previews, "preview")} without a record deleted.`,
      );
    if (left > 0) terminal.note(`${plural(left, "object")} came meanwhile: the same command again deletes them.`);
    return left;
  }

  async #isDeleted({ imageId, userId, key, versionId }: Upload): Promise<boolean> {
    if (this.#deleted.has(imageId)) return true;
    if (this.#prefix === undefined || userId !== this.user) return false;
    const { pipeline } = this.context;
    const original = { Bucket: pipeline.sourceBucket, Key: key, VersionId: versionId };
    return !(await headObject(original, pipeline)) && !(await new ImageCatalogue(pipeline).find(imageId));
  }

  #reportUnattributed(code: ExitCode): ExitCode {
    if (this.#unattributed === 0) return code;
    this.context.terminal.note(
      `${plural(this.#unattributed, "preview")} without a record may be of this user: an earlier version wrote them and did not note whose they are. verify --repair deletes all previews without a record.`,
    );
    return EXIT.notAll;
  }
}

async function deleteOne(
  imageId: string,
  force: boolean | undefined,
  pipeline: Pipeline,
  deleted: Set<string>,
): Promise<Act> {
  const record = await new ImageCatalogue(pipeline).find(imageId);
  if (!record) return { imageId, done: false, outcome: "unknown", sentence: "is unknown, or deleted already" };
  const result = await deleteImage(record, pipeline, { force });
  if (result.kind === "refused")
    return { imageId, done: false, outcome: result.reason, sentence: REFUSALS[result.reason] };
  deleted.add(imageId);
  const original = result.original === "kept" ? "; its original belongs to a newer upload and was kept" : "";
  return {
    imageId,
    done: true,
    outcome: result.original === "kept" ? "deleted_without_original" : "deleted",
    sentence: `is deleted, with ${plural(result.previews, "preview")}${original}`,
  };
}

const REFUSALS = {
  in_progress: "is being processed: try again in a minute",
  changed: "changed: look again",
  original_uncertain: "is kept, because its original may belong to a newer upload: --force deletes it all the same",
} as const;

/** Dead letters about deleted images keep an alarm on, and sending them would only make records without images. */
async function discardLetters(
  isDeleted: (upload: Upload) => Promise<boolean>,
  { json }: DeleteOptions,
  { pipeline, terminal, signal }: CommandContext,
): Promise<void> {
  const letters: LettersOfDeleted = await discardLettersOfDeleted(isDeleted, pipeline, signal);
  if (json) {
    terminal.out(JSON.stringify({ letters }));
    return;
  }
  const { discarded, kept } = letters;
  if (discarded.length > 0) terminal.out(`${plural(discarded.length, "dead letter")} of deleted images discarded.`);
  for (const id of kept)
    terminal.out(`message ${visibleText(id)} is about a deleted image and others, and stays in the queue`);
}
