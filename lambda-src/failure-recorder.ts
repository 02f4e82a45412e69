import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse } from "aws-lambda";
import { lifeInSeconds } from "../contract/processing-settings";
import { DynamoDbRecordStore } from "./aws/dynamodb-record-store";
import { SqsDeadLetterStore } from "./aws/sqs-dead-letter-store";
import { CloudWatchTelemetry } from "./aws/telemetry";
import { readRecorderSettings } from "./function-settings";
import { type InvocationContext, withInvocation } from "./lambda-invocation";
import { eachMessage, messagesOf } from "./records/message-batch";
import { type Recorder, recordFailedEvent, recordFailedMessage } from "./records/record-failed-event";

const settings = readRecorderSettings(process.env);
const records = new DynamoDbRecordStore(new DynamoDBClient({}), settings.METADATA_TABLE);
const telemetry = new CloudWatchTelemetry(process.env.AWS_LAMBDA_FUNCTION_NAME ?? "local", settings.LOG_LEVEL);
const clock = { now: Date.now };

const recorder: Recorder = {
  records,
  telemetry,
  clock,
  sourceBucket: settings.SOURCE_BUCKET,
  recordTtlSeconds: lifeInSeconds(settings.RECORD_TTL_DAYS),
};
const deadLetters =
  settings.DEAD_LETTER_QUEUE_URL === undefined
    ? undefined
    : new SqsDeadLetterStore(new SQSClient({}), settings.DEAD_LETTER_QUEUE_URL);

/**
 * Called by Lambda with what became of an invocation of the image processor that failed for good, or with messages that
 * the processor failed on as often as their queue allows. These are kept for an operator once they are recorded.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<SQSBatchResponse | undefined> {
  try {
    return await withInvocation(context, clock.now(), async (invocation) => {
      const messages = messagesOf(event);
      if (messages)
        return eachMessage(messages, async (message) => {
          if (!deadLetters) throw new Error("DEAD_LETTER_QUEUE_URL must be set for messages of a queue, got nothing");
          await recordFailedMessage(message, invocation, recorder);
          await deadLetters.keep(message, invocation.end);
        });
      await recordFailedEvent(event, invocation, recorder);
      return undefined;
    });
  } finally {
    telemetry.flush();
  }
}
