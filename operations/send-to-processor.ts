import { InvokeCommand } from "@aws-sdk/client-lambda";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Pipeline } from "./pipeline-clients";

const ACCEPTED = 202;

/**
 * Hands an event to the image processor by the way that uploads take: through its queue, where it has one, or else by an
 * asynchronous invocation. When it resolves, AWS has the event.
 * @param event JSON
 */
export async function sendToProcessor(event: string, pipeline: Pipeline, signal?: AbortSignal): Promise<void> {
  const { lambda, sqs, processorName, uploadQueueUrl } = pipeline;
  if (uploadQueueUrl !== undefined) {
    await sqs.send(new SendMessageCommand({ QueueUrl: uploadQueueUrl, MessageBody: event }), { abortSignal: signal });
    return;
  }
  const { StatusCode } = await lambda.send(
    new InvokeCommand({ FunctionName: processorName, InvocationType: "Event", Payload: event }),
    { abortSignal: signal },
  );
  if (StatusCode !== ACCEPTED) throw new Error(`Lambda must answer an event with ${ACCEPTED}, got ${StatusCode}`);
}
