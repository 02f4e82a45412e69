import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import type { SQSBatchResponse } from "aws-lambda";
import { lifeInSeconds } from "../contract/processing-settings";
import { DynamoDbRecordStore } from "./aws/dynamodb-record-store";
import { S3OriginalStore, S3PreviewStore } from "./aws/s3-object-store";
import { CloudWatchTelemetry } from "./aws/telemetry";
import { readProcessorSettings } from "./function-settings";
import { DECODE_SHARE_OF_MEMORY } from "./images/decode-guard";
import { renderImage } from "./images/render-image";
import { type InvocationContext, OutstandingWork, withInvocation } from "./lambda-invocation";
import { contentOf, eachMessage, messagesOf } from "./records/message-batch";
import type { Invocation } from "./records/ports";
import { processEvent } from "./records/process-event";
import { type Processor, processUpload } from "./records/process-upload";

const BYTES_PER_MB = 1_048_576;

const settings = readProcessorSettings(process.env);
const s3 = new S3Client({ forcePathStyle: process.env.S3_FORCE_PATH_STYLE === "true" });
const records = new DynamoDbRecordStore(new DynamoDBClient({}), settings.METADATA_TABLE);
const originals = new S3OriginalStore(s3, settings.SOURCE_BUCKET);
const previews = new S3PreviewStore(s3, settings.PROCESSED_BUCKET);
const telemetry = new CloudWatchTelemetry(process.env.AWS_LAMBDA_FUNCTION_NAME ?? "local", settings.LOG_LEVEL);
const outstanding = new OutstandingWork();
const clock = { now: Date.now };

/**
 * Called by Lambda with an S3 event notification, or with messages of a queue that carry such events. What must be retried is
 * thrown, or named in the response where other messages of the batch succeeded.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<SQSBatchResponse | undefined> {
  const limits = {
    maxPixels: settings.MAX_IMAGE_PIXELS,
    memoryBudgetBytes: Number(context.memoryLimitInMB) * BYTES_PER_MB * DECODE_SHARE_OF_MEMORY,
  };
  const processor: Processor = {
    records,
    originals,
    previews,
    telemetry,
    clock,
    render: (bytes) => outstanding.during(renderImage(bytes, settings.PREVIEW_SIZES, settings.PREVIEW_FORMAT, limits)),
    maxBytes: settings.MAX_IMAGE_SIZE,
    recordTtlSeconds: lifeInSeconds(settings.RECORD_TTL_DAYS),
  };
  try {
    return await withInvocation(context, clock.now(), async (invocation) => {
      const run = (content: unknown, { requestId }: Pick<Invocation, "requestId">) => {
        const delivery = { ...invocation, requestId };
        return processEvent(content, delivery, settings.SOURCE_BUCKET, telemetry, (upload) =>
          processUpload(upload, delivery, processor),
        );
      };
      const messages = messagesOf(event);
      if (messages)
        return eachMessage(messages, (message) => run(contentOf(message), { requestId: message.messageId }));
      await run(event, invocation);
      return undefined;
    });
  } finally {
    telemetry.flush();
    // The record says why; a new process takes the retry, and the next image is not left waiting behind this one. Not
    // process.exit(): that waits for the very threads that do not end.
    if (outstanding.any) process.kill(process.pid, "SIGKILL");
  }
}
