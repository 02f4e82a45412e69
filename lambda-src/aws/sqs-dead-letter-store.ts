import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { QueuedMessage } from "../records/message-batch";
import type { DeadLetterStore } from "../records/ports";

/** Sends messages on as they came, under the attribute that Lambda gives the dead letters of its own. */
export class SqsDeadLetterStore implements DeadLetterStore {
  constructor(
    private readonly client: SQSClient,
    private readonly queueUrl: string,
  ) {}

  async keep({ messageId, body }: QueuedMessage, signal: AbortSignal): Promise<void> {
    const command = new SendMessageCommand({
      QueueUrl: this.queueUrl,
      MessageBody: body,
      MessageAttributes: { RequestID: { DataType: "String", StringValue: messageId } },
    });
    await this.client.send(command, { abortSignal: signal });
  }
}
