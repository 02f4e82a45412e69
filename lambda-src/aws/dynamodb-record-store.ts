import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { TransientFailure } from "../records/errors";
import type { ImageRecord, RecordKey } from "../records/image-record";
import type { RecordStore, Refused } from "../records/ports";
import type { RecordUpdate } from "../records/record-updates";
import { UpdateExpression } from "./update-expression";

/** Translates between records and items; what may be written, and when, is decided in the pipeline. */
export class DynamoDbRecordStore implements RecordStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
  ) {}

  async update(update: RecordUpdate, signal: AbortSignal): Promise<ImageRecord | Refused> {
    try {
      const { Attributes = {} } = await this.client.send(new UpdateItemCommand(this.#translate(update)), {
        abortSignal: signal,
      });
      return unmarshall(Attributes) as ImageRecord;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { refused: true };
      throw tableFailure(error);
    }
  }

  async read({ imageId, timestamp }: RecordKey, signal: AbortSignal): Promise<ImageRecord | undefined> {
    try {
      const { Item } = await this.client.send(
        new GetItemCommand({ TableName: this.tableName, Key: marshall({ imageId, timestamp }), ConsistentRead: true }),
        { abortSignal: signal },
      );
      return Item && (unmarshall(Item) as ImageRecord);
    } catch (error) {
      throw tableFailure(error);
    }
  }

  #translate(update: RecordUpdate): UpdateItemCommandInput {
    return {
      TableName: this.tableName,
      Key: marshall({ imageId: update.key.imageId, timestamp: update.key.timestamp }),
      ...new UpdateExpression(update).toCommandInput(),
      ReturnValues: "ALL_NEW",
    };
  }
}

function tableFailure(cause: unknown): TransientFailure {
  const name = cause instanceof Error ? cause.name : String(cause);
  return new TransientFailure("DYNAMODB_ERROR", `the metadata table did not answer: ${name}`, { cause });
}
