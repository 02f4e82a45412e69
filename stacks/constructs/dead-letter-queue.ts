import type { Construct } from "constructs";
import type { AwsAccount } from "./aws-account";
import type { ExecutionRole } from "./execution-role";
import { PrivateQueue } from "./private-queue";

/** 14 days, the longest that SQS keeps a message. */
const RETENTION_SECONDS = 1_209_600;

export interface DeadLetterQueueProps {
  readonly account: AwsAccount;
  readonly name: string;
}

/** Keeps the events that a function gave up on, as they came, for an operator to replay. */
export class DeadLetterQueue extends PrivateQueue {
  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id, { ...props, retentionSeconds: RETENTION_SECONDS });
  }

  grantSend(role: ExecutionRole): void {
    role.allow({ Sid: "SendDeadLetters", Action: ["sqs:SendMessage"], Resource: this.arn });
  }
}
