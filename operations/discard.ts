import type { Upload } from "../lambda-src/records/upload-event";
import { walkDeadLetters } from "./dead-letter-queue";
import type { Pipeline } from "./pipeline-clients";

/**
 * Deletes dead letters without sending them.
 * @returns the ids of those that were there
 */
export async function discardDeadLetters(
  messageIds: readonly string[],
  pipeline: Pipeline,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const discarded: string[] = [];
  await walkDeadLetters({ max: messageIds.length, signal }, pipeline, async ({ messageId }) => {
    if (!messageIds.includes(messageId)) return "left";
    discarded.push(messageId);
    return "done";
  });
  return discarded;
}

export interface LettersOfDeleted {
  readonly discarded: readonly string[];
  /** Ids of letters that are about something else as well: they stay in the queue. */
  readonly kept: readonly string[];
}

/** Deletes the dead letters that are about deleted images alone: sending one would only make a record without an image. */
export async function discardLettersOfDeleted(
  isDeleted: (upload: Upload) => Promise<boolean>,
  pipeline: Pipeline,
  signal?: AbortSignal,
): Promise<LettersOfDeleted> {
  const discarded: string[] = [];
  const kept: string[] = [];
  await walkDeadLetters({ signal }, pipeline, async ({ messageId, uploads, isWhole }) => {
    const deleted = await Promise.all(uploads.map(isDeleted));
    if (!deleted.includes(true)) return "left";
    const isAlone = isWhole && !deleted.includes(false);
    (isAlone ? discarded : kept).push(messageId);
    return isAlone ? "done" : "left";
  });
  return { discarded, kept };
}
