import type { Construct } from "constructs";
import { VISIBILITY_TIME_LIMITS } from "../../contract/names";
import type { AwsAccount } from "./aws-account";
import { PrivateQueue } from "./private-queue";

/** 14 days from the upload on: a message keeps its age when it moves here. */
const RETENTION_SECONDS = 1_209_600;

export interface FailedQueueProps {
  readonly account: AwsAccount;
  readonly name: string;
  /** Time limit of the function that takes the messages. */
  readonly timeoutSeconds: number;
}

/** Where uploads go on which the processor failed as often as it may, until they are recorded as failed. */
export class FailedQueue extends PrivateQueue {
  constructor(scope: Construct, id: string, { timeoutSeconds, ...props }: FailedQueueProps) {
    super(scope, id, {
      ...props,
      retentionSeconds: RETENTION_SECONDS,
      visibilityTimeoutSeconds: VISIBILITY_TIME_LIMITS * timeoutSeconds,
    });
  }
}
