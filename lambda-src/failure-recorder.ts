import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDbRecordStore } from "./aws/dynamodb-record-store";
import { CloudWatchTelemetry } from "./aws/telemetry";
import { readRecorderSettings } from "./function-settings";
import { type LambdaContext, withInvocation } from "./lambda-invocation";
import { recordFailedEvent } from "./pipeline/record-failed-event";

const SECONDS_PER_DAY = 86_400;

const settings = readRecorderSettings(process.env);
const records = new DynamoDbRecordStore(new DynamoDBClient({}), settings.METADATA_TABLE);
const telemetry = new CloudWatchTelemetry(process.env.AWS_LAMBDA_FUNCTION_NAME ?? "local", settings.LOG_LEVEL);
const clock = { now: Date.now };

/** Called by Lambda with what became of an invocation of the image processor that failed for good. */
export async function handler(event: unknown, context: LambdaContext): Promise<void> {
  try {
    await withInvocation(context, clock.now(), (invocation) =>
      recordFailedEvent(event, invocation, {
        records,
        telemetry,
        clock,
        sourceBucket: settings.SOURCE_BUCKET,
        recordTtlSeconds: settings.RECORD_TTL_DAYS * SECONDS_PER_DAY,
      }),
    );
  } finally {
    telemetry.flush();
  }
}
