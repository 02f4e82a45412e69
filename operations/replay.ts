import { type QueuedLetter, walkDeadLetters } from "./dead-letter-queue";
import { Pace } from "./pace";
import type { Pipeline } from "./pipeline-clients";
import { sendToProcessor } from "./send-to-processor";

/** AWS refuses such an event whenever it is sent: one that is too long, or has characters that a queue does not take. */
const REFUSED: readonly string[] = [
  "InvalidMessageContents",
  "InvalidRequestContentException",
  "RequestTooLargeException",
];

export type ReplayOutcome = "replayed" | "not_understood";

export interface ReplayOptions {
  /** Of all messages; no limit without. */
  readonly max?: number;
  readonly perSecond: number;
  /** Which letters are meant, when not all are: the others go back into the queue. */
  readonly only?: (letter: QueuedLetter) => boolean;
  /** Ends the replay between two messages. */
  readonly signal?: AbortSignal;
  readonly onMessage?: (messageId: string, outcome: ReplayOutcome) => void;
}

export interface ReplayReport {
  readonly replayed: number;
  /** Ids of messages that the processor could only fail on again, as a whole or in part: they stay in the queue. */
  readonly notUnderstood: readonly string[];
}

/**
 * Sends dead letters to the processor again. A letter is deleted only after Lambda accepted its event: a crash in between
 * delivers it twice, which the event's identity makes harmless, and never loses it. Letters that arrive meanwhile, such as
 * those of events that fail again, are left for the next time.
 */
export async function replayDeadLetters(options: ReplayOptions, pipeline: Pipeline): Promise<ReplayReport> {
  const { max, perSecond, only, signal, onMessage } = options;
  const pace = new Pace(perSecond);
  const notUnderstood: string[] = [];
  let replayed = 0;
  await walkDeadLetters({ max, visitSeconds: 1 / perSecond, signal }, pipeline, async (letter) => {
    if (only && !only(letter)) return "left";
    const { messageId, replayable, isWhole } = letter;
    if (replayable !== undefined) await pace.next();
    const isSent = replayable !== undefined && (await isAccepted(replayable, pipeline));
    if (isSent && isWhole) {
      replayed += 1;
      onMessage?.(messageId, "replayed");
      return "done";
    }
    notUnderstood.push(messageId);
    onMessage?.(messageId, "not_understood");
    return "left";
  });
  return { replayed, notUnderstood };
}

async function isAccepted(event: string, pipeline: Pipeline): Promise<boolean> {
  try {
    await sendToProcessor(event, pipeline);
    return true;
  } catch (error) {
    if (error instanceof Error && REFUSED.includes(error.name)) return false;
    throw error;
  }
}
