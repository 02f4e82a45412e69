import type { Construct } from "constructs";
import { DEAD_LETTER_RETENTION_DAYS, visibilityTimeoutSeconds } from "../../contract/deployment";
import type { AwsAccount } from "./aws-account";
import { PrivateQueue } from "./private-queue";

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
      retentionDays: DEAD_LETTER_RETENTION_DAYS,
      visibilityTimeoutSeconds: visibilityTimeoutSeconds(timeoutSeconds),
    });
  }
}
