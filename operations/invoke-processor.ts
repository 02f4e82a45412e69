import { InvokeCommand } from "@aws-sdk/client-lambda";
import type { Pipeline } from "./pipeline-clients";

const ACCEPTED = 202;

/** Hands an event to the image processor as S3 does. When it resolves, Lambda has taken the event into its queue. */
export async function invokeProcessor(
  event: unknown,
  { lambda, processorName }: Pick<Pipeline, "lambda" | "processorName">,
  signal?: AbortSignal,
): Promise<void> {
  const { StatusCode } = await lambda.send(
    new InvokeCommand({ FunctionName: processorName, InvocationType: "Event", Payload: JSON.stringify(event) }),
    { abortSignal: signal },
  );
  if (StatusCode !== ACCEPTED) throw new Error(`Lambda must answer an event with ${ACCEPTED}, got ${StatusCode}`);
}
