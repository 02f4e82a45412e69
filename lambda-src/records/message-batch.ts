import type { SQSBatchResponse } from "aws-lambda";
import * as v from "valibot";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
const batchSchema = v.object({
  Records: v.pipe(
    v.array(v.object({ eventSource: v.literal("aws:sqs"), messageId: v.string(), body: v.string() })),
    v.minLength(1),
  ),
});

/** A message of an SQS queue; its body is what S3 sent. */
export interface QueuedMessage {
  /** Stays the same however often the message is received, and when it moves on to the queue of the failed. */
  readonly messageId: string;
  readonly body: string;
}

/** The messages that Lambda hands over from a queue, or undefined when the event is anything else. */
export function messagesOf(event: unknown): readonly QueuedMessage[] | undefined {
  const parsed = v.safeParse(batchSchema, event);
  return parsed.success ? parsed.output.Records : undefined;
}

/** What a message carries: any JSON, or its text when that is none. */
export function contentOf({ body }: QueuedMessage): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/**
 * Runs the messages one after the other, whatever becomes of the ones before.
 * @returns those that must come again: Lambda leaves them in the queue, and deletes all others of the batch
 * @throws {AggregateError} when that is every one of them: Lambda keeps all of them as well then, and counts an error
 */
export async function eachMessage(
  messages: readonly QueuedMessage[],
  work: (message: QueuedMessage) => Promise<void>,
): Promise<SQSBatchResponse> {
  const failures: { readonly itemIdentifier: string; readonly error: unknown }[] = [];
  for (const message of messages)
    await work(message).catch((error: unknown) => failures.push({ itemIdentifier: message.messageId, error }));
  if (failures.length === messages.length)
    throw new AggregateError(
      failures.map(({ error }) => error),
      `all ${messages.length} messages must come again`,
    );
  return { batchItemFailures: failures.map(({ itemIdentifier }) => ({ itemIdentifier })) };
}
