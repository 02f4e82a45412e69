import { InvokeCommand } from "@aws-sdk/client-lambda";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Pipeline } from "./pipeline-clients";

const ACCEPTED = 202;

/**
 * Hands an event to the image processor by the way that uploads take: through its queue, where it has one, or else by an
 * asynchronous invocation. When it resolves, AWS has the event.
 */
export async function sendToProcessor(event: unknown, pipeline: Pipeline, signal?: AbortSignal): Promise<void> {
  const { lambda, sqs, processorName, uploadQueueUrl } = pipeline;
  const text = JSON.stringify(event);
  if (uploadQueueUrl !== undefined) {
    await sqs.send(new SendMessageCommand({ QueueUrl: uploadQueueUrl, MessageBody: text }), { abortSignal: signal });
    return;
  }
  const { StatusCode } = await lambda.send(
    new InvokeCommand({ FunctionName: processorName, InvocationType: "Event", Payload: text }),
    { abortSignal: signal },
  );
  if (StatusCode !== ACCEPTED) throw new Error(`Lambda must answer an event with ${ACCEPTED}, got ${StatusCode}`);
}
