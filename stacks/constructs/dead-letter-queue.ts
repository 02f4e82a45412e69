import type { Construct } from "constructs";
import { DEAD_LETTER_RETENTION_DAYS } from "../../contract/deployment";
import type { AwsAccount } from "./aws-account";
import type { ExecutionRole } from "./execution-role";
import { PrivateQueue } from "./private-queue";

export interface DeadLetterQueueProps {
  readonly account: AwsAccount;
  readonly name: string;
}

/** Keeps the events that a function gave up on, as they came, for an operator to replay. */
export class DeadLetterQueue extends PrivateQueue {
  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id, { ...props, retentionDays: DEAD_LETTER_RETENTION_DAYS });
  }

  grantSend(role: ExecutionRole): void {
    role.allow({ Sid: "SendDeadLetters", Action: ["sqs:SendMessage"], Resource: this.arn });
  }
}
