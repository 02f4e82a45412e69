import { setTimeout } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Clock } from "../lambda-src/records/ports";
import type { PipelineEnvironment } from "./pipeline-environment";

/** The clock of this machine: it may be an hour off. */
export interface OperatorClock extends Clock {
  /** @throws what the signal was aborted with */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** An environment with the clients that reach it. */
export interface Pipeline extends PipelineEnvironment {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly clock: OperatorClock;
  /** Ends the clients' connections. */
  close(): void;
}

/** Credentials of AWS are found as the SDK finds them; nothing is asked before the first request. */
export function connectPipeline(
  environment: PipelineEnvironment,
  options: { readonly forcePathStyle?: boolean } = {},
): Pipeline {
  const { region, local } = environment;
  const shared = { region, ...(local && { credentials: { ...local.credentials } }) };
  const at = (service: keyof NonNullable<typeof local>["endpoints"]) =>
    local ? { ...shared, endpoint: local.endpoints[service] } : shared;
  const s3 = new S3Client({ ...at("s3"), forcePathStyle: options.forcePathStyle || local !== undefined });
  const dynamodb = new DynamoDBClient(at("dynamodb"));
  const lambda = new LambdaClient(at("lambda"));
  const sqs = new SQSClient(at("sqs"));
  const close = () => {
    for (const client of [s3, dynamodb, lambda, sqs]) client.destroy();
  };
  const clock = {
    now: Date.now,
    wait: (ms: number, signal?: AbortSignal) => setTimeout(ms, undefined, { signal }),
  };
  return { ...environment, s3, dynamodb, lambda, sqs, clock, close };
}
